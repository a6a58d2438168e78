"""Employers: the key one is counted by, and private households, whose names must stay out of every log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ledgerctl.registers.identity import credit_code
from ledgerctl.registers.text import Cell, clean, fold, is_empty

_BRACKETS = str.maketrans(
    {"[": "(", "{": "(", "【": "(", "〔": "(", "〖": "(", "]": ")", "}": ")", "】": ")", "〕": ")", "〗": ")"}
)

#: what only organisations are called; one-character words count at the end of a name alone
_ORGANISATION = re.compile(
    r"公司|集团|企业|中心|医院|卫生院|诊所|药房|药店|学校|学院|大学|中学|小学|幼儿园|托育|托幼|协会|联合会|联盟|基金会|商会|"
    r"工作室|合作社|农场|牧场|超市|商场|商店|商行|商铺|便利店|酒店|宾馆|饭店|饭庄|餐厅|餐馆|餐饮|酒楼|酒家|茶楼|小吃|旅馆|客栈|"
    r"民宿|门市|经营部|服务部|事务所|基地|委员会|居委|村委|社区|街道|机构|平台|服务|家政|保洁|保安|物业|物流|银行|保险|"
    r"敬老院|养老|护理|康复|月子|会所|驿站|车间|工坊|美容|美发|理发|养生|劳务|人力|个体|工商户|商户|农户协|总部|项目部|工程队|施工队|"
    r"电站|车站|政府|工会|妇联|残联|办事处|分部|支队|法院|政务|有限|股份|品牌|科技|贸易|加工|制造|建筑|装饰|传媒|文化|教育|培训|"
    r".{3}[厂店部局院所站社场行铺坊馆园厅库处队]$"
)
#: offices whose short names start like a surname
_SHORT_OFFICE = re.compile(r"(?:卫生|卫健|司法|党校|车管|景区|宗教|商务|商业|路政|应急|计生|包装|乐园|时装|柏油).*")
#: words that end in 家 or 户 and name no home
_NO_HOME = re.compile(
    r"(?:到家|之家|管家|居家|爱家|美家|安家|万家|国家|专家|商家|厂家|店家|酒家|农家|渔家|世家|全家|大家|佳家|好家|优家|乐家|馨家|"
    r"行家|名家|公家|户户|家家|门户|账户|窗户|开户|个体户|专业户|大户)$"
)
_HOME = re.compile(
    r"家庭|雇主|业主|住户|户主|私人|(?:[家宅户]|家里|家中|府上|某|某某|[先女]生|女士|小姐|太太|阿姨|叔叔|奶奶|爷爷|老人|老师|客户)$"
)
_ADDRESS = re.compile(r"\d+(?:号楼|号院|号|栋|幢|单元|室|弄)")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛"
    "伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景"
    "薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁"
    "商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺尕冶拜"
    "妥喇鲜祁撒菅逯麻敏勉羊"
)
_TWO_SURNAMES = frozenset(
    "欧阳 上官 司马 诸葛 司徒 东方 独孤 南宫 夏侯 尉迟 皇甫 公孙 慕容 长孙 宇文 令狐 轩辕 端木 完颜 呼延".split()
)
#: syllables that Tibetan, Mongolian and Salar given names of the region are made of
_GIVEN = re.compile(
    r"(?:扎西|卓玛|才让|多杰|拉毛|央金|达瓦|尼玛|仁青|索南|旦增|桑吉|次仁|普布|巴桑|格桑|洛桑|平措|措毛|吉毛|南杰|项杰|航旦|华青|"
    r"完么|切吉|周毛|太吉|公保|东主|彭措|德吉|白玛|旺姆|曲珍|拉姆|卓嘎|次旦|丹增|加措|加羊|夏吾|久美|看召|元旦|其其格|巴特尔|乌云|娜仁|"
    r"法图麦|海迪切|阿乙草|麦燕|索菲亚|阿依古丽|古丽|买买提|尕[一-龥]){1,3}(?:[家户])?"
)


@dataclass(frozen=True, slots=True)
class Employer:
    """Either `key` (with the name as written, public) or `household` (a private name: for the registry alone).

    `doubt`: None, `bad_credit_code` (it was not used), `household_by_name` (taken for a person's name).
    """

    key: str | None
    name: str | None
    household: str | None
    doubt: str | None

    def __repr__(self) -> str:
        return "Employer(…)"


def normalised_name(name: str) -> str:
    """An employer's name as a key: NFKC, no blanks, one kind of brackets."""
    return fold(name).translate(_BRACKETS)


def _is_personal_name(name: str) -> bool:
    if "·" in name and not re.search(r"[0-9A-Za-z]", name):
        return True
    if _GIVEN.fullmatch(name):
        return True
    if not 2 <= len(name) <= 4 or not re.fullmatch(r"[㐀-鿿〇]+", name):
        return False
    return name[0] in _SURNAMES or name[:2] in _TWO_SURNAMES


@lru_cache(maxsize=16_384)
def household_kind(normalised: str) -> str | None:
    """`stated` where a name says it is a home, `by_name` where it looks like a person's own name, else None.

    Where in doubt between a person and a firm with a name like one, it is a person: a firm can show
    its credit code, a name in a log can never be taken back.
    """
    name = normalised.replace("(", "").replace(")", "")
    if len(name) <= 3 and _is_personal_name(name) and not (_SHORT_OFFICE.fullmatch(name) or _HOME.search(name)):
        return "by_name"  # before the words of organisations: 王文化 and 李保安 are people
    if _ORGANISATION.search(name) or _NO_HOME.search(name) or _SHORT_OFFICE.fullmatch(name):
        return None
    if _HOME.search(name) or _ADDRESS.search(name):
        return "stated"
    return "by_name" if _is_personal_name(name) else None


def employer(name: Cell, code: Cell, person_name: str) -> Employer:
    """Who employs, from 用人单位 and 统一社会信用代码. `name` is not empty; `person_name` is the row's 姓名.

    A valid credit code is the key. Without one, the normalised name is, unless it is a private
    household's, or the very name of the person of the row (who works on their own account).
    """
    written = clean(name) if isinstance(name, str) else format(name, ".15g") if isinstance(name, int | float) else ""
    valid = None if is_empty(code) else credit_code(code)
    key = normalised_name(written)
    kind = "by_name" if key == normalised_name(person_name) else household_kind(key)
    if valid is not None:  # a one-man firm may carry its owner's name: its code is public, that name is not
        return Employer(valid, written if kind is None else None, None, None)
    doubt = None if is_empty(code) else "bad_credit_code"
    if kind is None:
        return Employer(key, written, None, doubt)
    return Employer(None, None, key, doubt or ("household_by_name" if kind == "by_name" else None))
