// Before anything is drawn: the theme and the language chosen on an earlier visit, so that nothing flashes.
try {
  const kept = JSON.parse(localStorage.getItem('attune-settings') ?? '{}');
  if (kept.theme === 'light' || kept.theme === 'dark') document.documentElement.dataset.theme = kept.theme;
  if (kept.language === 'zh') document.documentElement.lang = 'zh-Hans';
} catch {
  // Storage is forbidden: the system's theme and the browser's language hold.
}
