"""The programme's public facts: schools, employers, events, statements. All invented,
except the numbers that the published report itself gives."""

from __future__ import annotations

from datetime import date, timedelta

from examples.common.model import MatchingEvent
from examples.common.typing_habits import Cell

PROGRAMME = "linqing-jiazheng"
FIRST_DAY = date(2024, 1, 8)
PUBLISHED = date(2024, 12, 21)
#: the online series ran until this day, the classes in rooms after it
ONLINE_UNTIL = date(2024, 4, 12)
ROOMS_FROM = date(2024, 4, 22)
OCCUPATIONS = (
    "月嫂", "家政服务员", "整理收纳师", "公共营养师", "育婴员", "养老护理员",
    "医疗护理员", "小儿推拿", "产后康复", "家庭烹饪", "保洁服务", "母婴护理",
)  # fmt: skip
PROVIDERS = ("临清运河职业技能培训学校", "临清巾帼家政培训中心", "临清先锋康养职业培训学校")

#: name, kind of credit code, work place as clerks write it, positions, how many of the people it employs
EMPLOYERS: tuple[tuple[str, str | None, str, tuple[str, ...], int], ...] = (
    ("临清运河人家家政服务有限公司", "91", "临清市", OCCUPATIONS, 60),
    ("临清鳌头矶家政服务有限公司", "91", "371581", OCCUPATIONS, 44),
    ("临清舍利塔月子护理有限公司", "91", "临清市", OCCUPATIONS, 30),
    ("临清卫河养老服务中心", "52", "临清市", OCCUPATIONS, 26),
    ("聊城东昌好邻居家政有限公司", "91", "聊城市", OCCUPATIONS, 32),
    ("济南泉城家事服务有限公司", "91", "山东省济南市", OCCUPATIONS, 28),
    ("北京京西巾帼家政服务有限公司", "91", "北京市", OCCUPATIONS, 18),
    ("天津海河家庭服务有限公司", "91", "天津市", OCCUPATIONS, 12),
)

EVENTS = tuple(
    MatchingEvent(f"LQZP-{at:02d}", f"“巾帼”家政{kind}（第{at}场）", kind, day, place, people, posts)
    for at, (kind, day, place, people, posts) in enumerate(
        (
            (
                "网络招聘" if at % 5 in (1, 3) else "专场招聘会",
                date(2024, 1, 20) + timedelta(days=22 * at),
                "线上" if at % 5 in (1, 3) else "临清市会展中心",
                180 + 13 * at,
                120 + 9 * at,
            )
            for at in range(15)
        ),
        start=1,
    )
)

_FOUR = "“送政策、送岗位、送技能、送服务”"
_HANDS = "牵手巾帼家政"
_TOWNS = (
    "青年路街道", "新华路街道", "先锋路街道", "大辛庄街道", "烟店镇", "潘庄镇", "唐园镇", "金郝庄镇",
    "戴湾镇", "魏湾镇", "康庄镇", "八岔路镇", "松林镇", "老赵庄镇", "刘垓子镇", "尚店镇",
)  # fmt: skip
#: volunteering until July, the series 牵手巾帼家政 after it, and two competitions
ACTIVITIES: tuple[tuple[Cell, ...], ...] = (
    *(
        (f"LQSS-{at:02d}", f"四送下乡（{town}）", _FOUR, "志愿服务", date(2024, 3, 4) + timedelta(days=7 * at), None,
         town, 58 + 3 * (at % 7), 58 + 3 * (at % 7), None, None, None, None)
        for at, town in enumerate(_TOWNS)
    ),
    *(
        (f"LQQS-{at:02d}", f"牵手巾帼家政（{town}）", _HANDS, "其他", date(2024, 8, 1) + timedelta(days=6 * at), None,
         town, 12 + at % 5, 12 + at % 5, None, None, None, None)
        for at, town in enumerate(_TOWNS)
    ),
    ("LQJS-01", "母婴护理职业技能竞赛", "技能竞赛", "技能竞赛", date(2024, 11, 20), date(2024, 11, 21), "临清市",
     None, 125, None, 1, 12, None),
    ("LQJS-02", "养老护理职业技能竞赛", "技能竞赛", "技能竞赛", date(2024, 12, 5), date(2024, 12, 6), "临清市",
     None, 210, None, 1, 12, None),
)  # fmt: skip

#: 机构场所: class rooms
ROOMS: tuple[tuple[Cell, ...], ...] = tuple(
    (f"LQJSH-{at:02d}", f"{'理论' if at % 2 else '实操'}教室{at}", "教室", "家政服务", PROVIDERS[at % 3],
     None, None, date(2023, 9, 1), None, "临清市", 36, 72)
    for at in range(1, 13)
)  # fmt: skip

_WOMEN = "临清市妇女联合会"
STATISTICS: tuple[tuple[Cell, ...], ...] = (
    ("线上培训覆盖镇街道", 16, "个", "存量", date(2024, 12, 20), _WOMEN, "线上培训班小结"),
    ("专业老师", 21, "名", "存量", date(2024, 12, 20), _WOMEN, "培训师资名册（未随报）"),
    ("竞赛一等奖", 4, "名", "流量", date(2024, 12, 20), _WOMEN, "竞赛获奖通报"),
    ("竞赛二等奖", 8, "名", "流量", date(2024, 12, 20), _WOMEN, "竞赛获奖通报"),
    ("竞赛三等奖", 12, "名", "流量", date(2024, 12, 20), _WOMEN, "竞赛获奖通报"),
    ("最美巾帼奋斗者推荐第一名", 2, "名", "流量", date(2024, 12, 20), _WOMEN, None),
    ("年均服务家庭用户", 3680, "户", "流量", date(2024, 12, 20), _WOMEN, "家政服务平台统计"),
)
