// The rules of a day by the names that the service has for them.

import { texts } from "../../shared/locale.svelte";

const en = {
    unknown: "Names something that does not exist",
    shape: "The route is not made up as routes are",
    visited_twice: "Visited twice",
    not_visited: "Not visited",
    not_of_this_day: "Belongs to another day",
    place: "The place is not the booking's",
    travel: "The travel time is not what is noted",
    clock: "The times do not follow from one another",
    service: "The time at the door is not what it takes",
    early: "Begins before its window",
    late: "Begins after its window",
    shift_start: "Begins before the shift",
    shift_end: "Ends after the shift",
    hub_closed: "The hub is closed by then",
    break: "The break is missing or out of its time",
    overload: "More on board than allowed",
    load_noted: "The load on board is not what is noted",
    goods: "Hands over what is not on board",
    skill: "The courier lacks a skill",
    max_stops: "More visits than the courier may make",
} as Record<string, string>;

const zh = {
    unknown: "引用了不存在的对象",
    shape: "路线结构不正确",
    visited_twice: "重复上门",
    not_visited: "没有上门",
    not_of_this_day: "属于另一天",
    place: "地点与预约不符",
    travel: "路上时间与记录不符",
    clock: "时间前后不一致",
    service: "上门时长与所需不符",
    early: "早于承诺时段",
    late: "晚于承诺时段",
    shift_start: "早于上班时间",
    shift_end: "晚于下班时间",
    hub_closed: "届时服务站已关闭",
    break: "缺少休息或休息不在规定时间",
    overload: "超出车辆限额",
    load_noted: "车上货量与记录不符",
    goods: "交付的货物不在车上",
    skill: "快递员缺少所需技能",
    max_stops: "超出快递员的单数上限",
} as Record<string, string>;

export const rules = texts<Record<string, string>>({ en, zh });
