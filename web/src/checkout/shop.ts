// What a shop knows of itself: its currency, what it takes in trade, and places to try it at.

import type { Schemas } from "../shared/api";

export type Category = Schemas["DeviceBody"]["category"];
export type Datum = NonNullable<Schemas["PlaceBody"]["datum"]>;

/** What declared values are in. */
export const CURRENCY = "CNY";

/** Minor units in one of the currency. */
export const MINOR = 100;

export const CATEGORIES = ["phone", "tablet", "watch", "laptop", "desktop", "other"] as const;

export const BRANDS = [
    "Apple",
    "Huawei",
    "Xiaomi",
    "OPPO",
    "Vivo",
    "Samsung",
    "OnePlus",
    "Lenovo",
] as const;

export const DATUMS = ["gcj02", "wgs84", "bd09"] as const;

/** Doors to try it at, measured in WGS-84. */
export const EXAMPLES = [
    {
        id: "square",
        lon: 121.4737,
        lat: 31.2304,
        name: { en: "People's Square, Huangpu", zh: "黄浦区人民广场" },
        address: { en: "1 People's Avenue, Huangpu", zh: "黄浦区人民大道 1 号" },
    },
    {
        id: "temple",
        lon: 121.4402,
        lat: 31.2245,
        name: { en: "Jing'an Temple, Jing'an", zh: "静安区静安寺" },
        address: { en: "1686 West Nanjing Road, Jing'an", zh: "静安区南京西路 1686 号" },
    },
    {
        id: "mouth",
        lon: 121.4995,
        lat: 31.2397,
        name: { en: "Lujiazui, Pudong", zh: "浦东新区陆家嘴" },
        address: { en: "501 Middle Yincheng Road, Pudong", zh: "浦东新区银城中路 501 号" },
    },
    {
        id: "xujiahui",
        lon: 121.4365,
        lat: 31.1949,
        name: { en: "Xujiahui, Xuhui", zh: "徐汇区徐家汇" },
        address: { en: "1111 Zhaojiabang Road, Xuhui", zh: "徐汇区肇嘉浜路 1111 号" },
    },
    {
        id: "elsewhere",
        lon: 87.6168,
        lat: 43.8256,
        name: { en: "Ürümqi (not served)", zh: "乌鲁木齐市（暂未开通）" },
        address: { en: "1 Renmin Road, Ürümqi", zh: "乌鲁木齐市人民路 1 号" },
    },
] as const;

/** Where the shop's couriers come to: those of the examples that are served. */
export const SERVED = EXAMPLES.filter(({ id }) => id !== "elsewhere");
