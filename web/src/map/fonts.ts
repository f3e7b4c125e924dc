// What names and numbers on maps are drawn with: fonts of the reader's own machine.

export const FONT = [
    "Noto Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "sans-serif",
];
