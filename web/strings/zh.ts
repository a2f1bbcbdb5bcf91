/** Every word the page says, in Chinese (simplified). */
import type { Emotion } from '../../src/base/emotions.ts';
import type { QualityNote } from '../../src/face/read.ts';
import type { Goal } from '../../src/music/mood-target.ts';
import type { Strings } from './en.ts';
import { zhTags } from './zh-tags.ts';

const emotion: Record<Emotion, string> = {
  angry: '愤怒',
  disgust: '厌恶',
  fear: '害怕',
  happy: '快乐',
  sad: '悲伤',
  surprise: '惊讶',
  neutral: '平静',
};

const percent = (share: number): string => `${Math.round(share * 100)}%`;

const quality: Record<QualityNote, string> = {
  'too small': '脸在画面中太小。',
  'too dark': '脸太暗。',
  'too bright': '脸曝光过度。',
  blurred: '脸不清晰。',
  'turned away': '脸转向一侧。',
  'cut off': '脸有一部分在画面之外。',
};

const goal: Record<Goal, { name: string; does: string; heading: (mood: Emotion) => string }> = {
  match: { name: '契合', does: '停留在此刻的心情。', heading: (mood) => `与${emotion[mood]}同调` },
  lift: { name: '振奋', does: '从此刻出发，渐渐明亮。', heading: (mood) => `从${emotion[mood]}到喜悦` },
  calm: { name: '安抚', does: '从此刻出发，慢慢安静。', heading: (mood) => `从${emotion[mood]}到安宁` },
};

const songs = (count: number): string => `${count.toLocaleString('zh')} 首歌`;

export const zh: Strings = {
  name: 'Attune',
  skip: '跳到歌单',
  skipContent: '跳到正文',
  locale: 'zh-Hans',
  percent,
  emotion,
  quality,
  songs,

  nav: { label: '页面各部分', home: '聆听', songs: '我的歌', history: '历史', settings: '设置' },

  start: {
    title: '你的表情，定下基调',
    lead: 'Attune 读出脸上的心情，用二十首歌契合它，或改变它。',
    camera: '打开摄像头',
    photo: '选择照片',
    video: '选择视频',
    microphone: '用你的声音',
    voice: '选择录音',
    drop: '也可以把文件拖到这里，或粘贴一张图片。',
    dropNow: '松开即可读取',
    byHand: '或者自己说出心情',
    byHandHint: '不需要照片。',
    another: '重新开始',
    private: '图片不会离开这台设备。',
  },

  models: {
    loading: (share) =>
      share !== undefined && share >= 1 ? '马上就好' : `正在准备${share === undefined ? '' : ` ${percent(share)}`}`,
    failed: '现在无法读取人脸。自己选择心情仍然可用。',
    retry: '再试一次',
  },

  working: {
    photo: '正在读取照片',
    voice: '正在听录音',
    video: (done, count) => `正在读取视频，第 ${done} 幅，共 ${count} 幅`,
    videoOpening: '正在打开视频',
    waitingForModels: '模型一到就开始，只需下载一次。',
    cancel: '取消',
  },

  picture: {
    photo: '照片，每张脸都有边框',
    video: '视频中的一幅画面，脸有边框',
    faces: (count) => `${count} 张脸。以最大的为准；也可以选另一张。`,
    face: (index, count, mood) => `第 ${index} 张脸，共 ${count} 张：${mood}`,
    fromVideo: (withFace, count) =>
      count === 1 ? '取自一幅画面。' : `${count} 幅画面中有 ${withFace} 幅看得到脸，取其平均。`,
  },

  timeline: {
    title: '心情随时间的变化',
    span: (mood, from, to) => `${from} 到 ${to}：${emotion[mood]}`,
  },

  camera: {
    noticeTitle: '打开摄像头之前',
    notice: [
      'Attune 在摄像头画面中寻找人脸，估计它在多大程度上显出七种情绪。',
      '一切都在这个标签页里计算。画面和读数都不会离开这台设备；除非你打开历史记录，否则什么也不保存。',
      '它读的是表情，而不是一个人的感受。请不要用它在工作或学校评判他人。',
    ],
    agree: '打开摄像头',
    back: '先不用',
    asking: '正在等待浏览器打开摄像头，它可能会请你允许。',
    live: '摄像头',
    stop: '关闭摄像头',
    restart: '再试一次',
    failedTitle: '摄像头没有打开',
    unpluggedTitle: '摄像头断开了',
    pausedTitle: '摄像头已关闭',
    paused: '你停止它，或这个页面不在眼前时，它就会关闭。',
    noFace: '画面中没有脸。请靠近一些，让光照在脸上。',
    covered: '画面是黑的。镜头是不是被挡住了，或者没有开灯？',
    settling: '请稍等片刻，保持不动。',
    waiting: '摄像头已打开。模型一到就开始读取。',
    changed: (mood) => `心情转为${emotion[mood]}。`,
    follow: '为它做一张歌单',
    unplugged: '摄像头被拔下，或被其他程序占用。请接好后再试、选择照片，或自己选择心情。',
  },

  microphone: {
    noticeTitle: '打开麦克风之前',
    notice: [
      'Attune 听的是你怎么说，而不是说什么，估计声音在多大程度上像七种情绪。',
      '一切都在这个标签页里计算。录音不会离开这台设备，读完即忘。',
      '它学自演员的录音。请不要用它在工作或学校评判他人。',
    ],
    agree: '打开麦克风',
    asking: '正在等待浏览器打开麦克风，它可能会请你允许。',
    recording: '正在听',
    speak: '按你此刻的感受说几句话，任何语言都行，五秒钟就够。',
    done: '好了',
    failedTitle: '麦克风没有打开',
    heard: (seconds) => `取自 ${Math.round(seconds)} 秒人声。`,
  },

  reading: {
    title: '读数',
    sure: (share) => `可能性 ${percent(share)}`,
    unsure: (first, second) => `不确定：${emotion[first]}还是${emotion[second]}？`,
    unsureWhy: (first, firstShare, second, secondShare) =>
      `${emotion[first]}的可能性是 ${percent(firstShare)}，${emotion[second]}是 ${percent(secondShare)}，不足以判断。是哪一种呢？`,
    byHand: '自己选择',
    correct: '不对？自己选择心情',
    bars: '每种情绪的可能性',
    careful: '这个读数请谨慎看待：',
  },

  mood: { pick: '选择一种心情' },

  goal: { title: '音乐应当', ...goal },

  plane: {
    title: '音乐去往何处',
    hint: '左边不愉快，右边愉快；上面清醒激动，下面安静放松。',
    unpleasant: '不愉快',
    pleasant: '愉快',
    awake: '激动',
    rest: '安静',
    you: '你',
    goal: '目标',
    empty: '平面上的七种心情：右边愉快，上面激动。',
    described: (from, to, count) =>
      `平面上的七种心情，右边愉快，上面激动：你的读数靠近${emotion[from]}，一路上有${songs(count)}，目标是${to}。`,
    goalAt: { happy: '喜悦', neutral: '安宁' },
    noun: emotion,
  },

  list: {
    title: '歌单',
    empty: '这里将有二十首歌，每首都写明入选的理由。',
    emptyUnsure: '心情明确之后，歌曲就会出现。',
    made: (count, heading) => `歌单已好：${songs(count)}。${heading}。`,
    another: '换一批',
    anotherHint: '同样的心情，别的歌。全部听过之前不会重复。',
    startedOver: '这种心情的歌都出现过了，从头开始。',
    save: '另存为',
    formats: { m3u8: 'M3U8，播放器用', xspf: 'XSPF，播放器用', jspf: 'JSPF，JSON 形式', csv: 'CSV，表格用' },
    opens: '在新标签页中打开 YouTube 搜索',
    why: '入选理由',
    instrumental: '无人声',
    loading: '正在取歌曲',
    failed: '歌曲没有取到。',
    like: (title) => `喜欢《${title}》`,
    skip: (title) => `不再播放《${title}》`,
    notMyMood: (title) => `《${title}》不合这种心情`,
    play: (title) => `播放你的文件《${title}》`,
    pause: (title) => `暂停《${title}》`,
    skipped: (title) => `《${title}》不会再出现。`,
    misfit: (title) => `《${title}》不会再为这种心情出现。`,
    undo: '撤销',
    tags: zhTags,
  },

  player: {
    label: '播放器',
    next: '下一首',
    close: '关闭播放器',
    broken: (name) => `这个浏览器无法播放“${name}”。请转换成 MP3，或选择另一个文件。`,
    curve: '这首歌随时间有多悦耳，以及它的心情',
    hearing: '正在听这首歌',
    stopHearing: '停止',
    stopped: '这首歌没有听完。',
    hearAgain: '再听一遍',
    findAlike: '我的文件里哪些听起来像它？',
    comparing: (done, count) => `正在听您的文件：第 ${done} 个，共 ${count} 个`,
    alike: '您的文件中听起来最像它的：',
    noneAlike: '您的其他文件都听不了。',
  },

  own: {
    title: '我的歌',
    lead: '每种心情由三首歌代表，歌单由它们生出。换成你的，加上自己的歌，也可以播放这台设备上的文件。',
    typicalTitle: '代表心情的歌',
    typicalLead: '每种心情三首。它们的标签决定还有哪些歌入选；它们自己不会被播放。',
    chosen: '你选的',
    fromCatalogue: '来自曲库',
    reset: '恢复曲库的歌',
    replace: (title) => `替换《${title}》`,
    search: (mood) => `为${emotion[mood]}找一首歌`,
    searchHint: '歌名或歌手',
    results: (count) => (count === 0 ? '没有这样的歌。' : `找到 ${songs(count)}。`),
    searching: '正在查找',
    catalogueTitle: '自己的曲库',
    catalogueLead:
      'CSV 文件，须有 title、artist、emotion、tags 四列，year、language、typical 可有可无。它留在这台设备上。',
    addCatalogue: '选择 CSV 文件',
    removeCatalogue: '移除',
    ownOnly: '只放我的歌',
    loaded: (name, count) => `${name}：${songs(count)}。`,
    reading: (name, share) => `正在读取 ${name}，${percent(share)}`,
    failedTitle: '这个曲库不能用',
    example: '保存一个例子',
    filesTitle: '这台设备上的音乐文件',
    filesLead: '选择以“歌手 - 歌名”命名的文件：歌单里你有的歌就能在这里播放。文件不会被复制，下次来时请再选一次。',
    addFiles: '选择音乐文件',
    addFolder: '选择文件夹',
    files: (count, known) => `${count.toLocaleString('zh')} 个文件，其中 ${known.toLocaleString('zh')} 个在曲库里。`,
    likedTitle: '你对歌曲说过的话',
    likedNone: '还没有。歌单里的每首歌都可以标为喜欢、跳过，或不合心情。',
    liked: '喜欢',
    skippedList: '不再播放',
    misfitList: (mood) => `不合${emotion[mood]}`,
    forget: (title) => `忘掉你对《${title}》的评价`,
  },

  history: {
    title: '历史',
    off: '没有保存历史。打开后，每个带来歌单的读数会连同时间记在这台设备上；照片永远不保存。',
    on: '每个带来歌单的读数都记在这台设备上。照片永远不保存。',
    turnOn: '保存历史',
    none: '还没有。下一张歌单就是第一条。',
    over: '你的心情，最近的在前',
    source: { camera: '摄像头', photo: '照片', video: '视频', hand: '自己选择', voice: '语音' },
    remove: (what) => `删除 ${what}`,
    removeAll: '全部删除',
    count: (count) => `${count.toLocaleString('zh')} 条`,
    chart: '每种心情出现的次数',
  },

  settings: {
    title: '设置',
    language: '语言',
    languages: { en: 'English', zh: '中文' },
    theme: '外观',
    themes: { auto: '跟随系统', light: '浅色', dark: '深色' },
    history: '历史',
    keepHistory: '把读数保存在这台设备上',
    data: '你的数据',
    dataLead: 'Attune 关于你的一切都在这个浏览器里，从未发送到任何地方。',
    export: '导出全部',
    erase: '清除全部',
    eraseSure: '清除历史、代表心情的歌、你的曲库、你对歌曲的评价和这些设置吗？',
    eraseYes: '是的，全部清除',
    eraseNo: '保留',
    erased: '已全部清除。',
    app: '没有网络时',
    offlineReady: '页面、模型和歌曲都在这台设备上：没有网络也能打开。',
    offlineGetting: '正在把页面存到这台设备上，以便没有网络时使用。',
    offlineNot: '这个浏览器或这个地址不允许保存页面供离线使用。',
    install: '安装 Attune',
    installHint: '用浏览器菜单中的“安装”或“添加到主屏幕”。',
    memory: '这个浏览器不为本页保存任何东西（无痕窗口，或存储被禁止）：你的选择在关闭标签页之前有效。',
    full: '浏览器已没有空间给本页：最近的更改只在关闭标签页之前有效。请腾出空间，或在这里清除数据。',
    newer: '你的数据由更新版本的 Attune 写成，这里不会改动它；请重新载入页面以取得新版本。',
  },

  notice: { offline: '没有网络。除歌曲链接外，一切照常。', update: 'Attune 有了新版本。', reload: '重新载入' },

  problem: {
    noFaceTitle: '没有找到脸',
    noFace: '这张图片里没有足够大、足够清楚的脸：至少 40 像素宽，并且朝向镜头。请换一张图片，或自己选择心情。',
    noFaceVideo: '这段视频里没有一幅画面有足够大、足够清楚的脸。请换一段视频或一张照片，或自己选择心情。',
    title: '没有成功',
    unknownFile: (name) => `“${name}”既不是照片也不是视频。请选择 JPEG、PNG、WebP、GIF、AVIF 图片，或 MP4、WebM 视频。`,
    unexpected: (message) => `出了点问题（${message}）。请重新载入页面再试，或自己选择心情。`,
  },

  errors: {
    'photo/unreadable': '这个文件不是能读的图片，或者已损坏、不完整：请选择 JPEG、PNG、WebP、AVIF、GIF 或 BMP 文件。',
    'photo/too-large': '这张照片太大：最多 64 MB、一亿像素。请存小一些再试。',
    'photo/heic':
      '这是 HEIC 照片，这个浏览器读不了：请在 Safari 中打开、存成 JPEG，或在 iPhone 的设置、相机、格式中选择“兼容性最佳”。',
    'video/empty': '这段视频是空的（0 字节）：请选择另一个文件。',
    'video/unreadable':
      '这个浏览器无法播放此文件：请选择 MP4（H.264）或 WebM 视频，或一张照片。文件也可能已损坏，或根本不是视频。',
    'video/no-picture': '这个文件有声音没有画面：请选择一段有人脸的视频。',
    'camera/insecure':
      '浏览器只为本机（127.0.0.1）或 https:// 的页面打开摄像头。请用这样的地址打开 Attune、选择照片，或自己选择心情。',
    'camera/denied':
      '浏览器不能使用摄像头。请用地址栏里的摄像头图标（或系统设置）允许它再试，选择照片，或自己选择心情。',
    'camera/none': '没有找到摄像头。请接上一个再试、选择照片，或自己选择心情。',
    'camera/in-use': '摄像头没有回应，可能正被另一个程序使用。请关闭那个程序再试、选择照片，或自己选择心情。',
    'camera/failed': '摄像头没有启动。请再试一次、选择照片，或自己选择心情。',
    'download/failed': '有文件没有下载成功：请检查 Attune 的服务器是否还在运行、网络是否畅通，然后再试。',
    'download/missing': '服务器上缺少文件：请用 “npm run build” 重新构建。',
    'browser/wasm': '运行模型的引擎没有启动：请重新载入页面，或使用新版的 Chrome、Edge、Firefox 或 Safari。',
    'browser/canvas': '浏览器没有内存读取图片了：请关闭其他标签页再试。',
    'model/damaged': '模型文件已损坏或不完整：请重新载入页面；如仍不行，请重新构建。',
    'page/worker': '页面中读取人脸的部分停止了：请重新载入页面。',
    'catalogue/columns':
      '第一行缺少必需的列。请让文件以 title,artist,year,language,emotion,tags,typical 开头，列之间用逗号。',
    'catalogue/empty': '这个曲库里没有歌：请写一行表头（title,artist,emotion,tags），再为每首歌写一行。',
    'catalogue/encoding': '这个文件不是 UTF-8 或 UTF-16 文本，或者是电子表格自己的格式：请另存为 CSV（UTF-8）。',
    'csv/quote': '有一行的引号没有成对：请检查引号，引号内的引号要写两次（""）。',
    'music/none-left': '这种心情没有剩下的歌了：请在“我的歌”里忘掉一些评价，或添加歌曲。',
    'music/no-typical': '这种心情还没有代表的歌：请在“我的歌”里选三首。',
    'music/profile': '为这种心情选的歌不在曲库里了：请在“我的歌”里重新选三首。',
    'audio/no-voice': '这段录音里没有人说话：请靠近麦克风说几句，或自己选择心情。',
    'audio/empty': '这段录音是空的：请再录一次，或选择另一个文件。',
    'audio/too-short': '这段录音太短：请说几秒钟。',
    'microphone/insecure':
      '浏览器只为本机（127.0.0.1）或 https:// 的页面打开麦克风。请用这样的地址打开 Attune、选择录音，或自己选择心情。',
    'microphone/denied': '浏览器不能使用麦克风。请用地址栏里的图标（或系统设置）允许它再试，选择录音，或自己选择心情。',
    'microphone/none': '没有找到麦克风。请接上一个再试、选择录音，或自己选择心情。',
    'microphone/failed': '麦克风没有启动，可能正被另一个程序使用。请关闭那个程序再试、选择录音，或自己选择心情。',
    'audio/unreadable': '这不是 Attune 能读的声音文件，或者已损坏：请选择 WAV、MP3、Ogg、Opus、FLAC、M4A 或 WebM。',
    'audio/too-large': '这个声音文件太大：请截取需要的部分。',
    'audio/too-long': '这段声音太长：请截取需要的部分。',
  },

  footer: {
    title: 'Attune 读什么，不读什么',
    points: [
      '图片只在这个标签页里读取，从不发送。唯一的出口是你自己点开的歌曲链接。',
      '读数是从带标注的照片中学来的可能性。脸上在笑，心里未必。',
      '它不是用来评判人的：不在工作中，不在学校，也不在别人不知情时。',
      '模型学自供研究用的数据集 FER2013，其使用条款也适用于模型。',
    ],
  },
};
