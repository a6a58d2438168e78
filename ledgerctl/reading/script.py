"""Simplified beside printed, and a spinner's words beside the ones they stand for."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

#: what machine spinning puts for a common word -> that word. Read as such only in a text that is spun.
SPUN: Final[dict[str, str]] = dict(
    pair.split("=")
    for pair in """
    单元=单位 办事=服务 个人工作=职业 技巧=技能 职位=岗位 平易近=民 宝物屋=宝贝屋 扶植=建设 全国度庭=全国家庭
    分送朋友=分享 变动位置=移动 跨越=超过 冲破=突破 濒临=接近 靠近=接近 摆布=左右 到达=达到 笼罩=覆盖 触及=涉及
    展开=开展 举行=举办 优良=优秀 列进=列入 归入=纳入 此中=其中 加入=参加 介入=参与 后代=子女 树立=建立 职员=人员
    进步=提高 晋升=提升 晋陞=提升 增添=增加 往年=去年 本年=今年 今朝=目前 一切=所有 失业=就业 练习=实习
    讲授=教学 实行=实践 摸索=探索 培养=培育 任务场合=工作场所 场合=场所 友爱=友好 典范=典型 类别=种别
    分歧=不同 要害=关键 市平易近=市民 农平易近=农民 国平易近=国民 签署=签订 供给=提供 取得=获得 黉舍=学校 先生=学生
    年夜=大 餐与加入=参加 签署=签订 协定=协议 运动=活动 典礼=仪式 薪水=工资 见习=实习 雇用=招聘 胶葛=纠纷 处理=解决
    一起配合=合作 占空中积=占地面积 专门研究=专业 比来=最近 客岁=去年 包容=容纳 职业技巧=职业技能
    """.split()
)
#: words that are rare outside spun text, or stand in it only by spinning
_TELLTALES: Final = (
    "平易近 宝物屋 全国度庭 分送朋友 变动位置 个人工作 练习失业 讲授-实行 此中 列进 摆布 归入 今朝 优良案例 "
    "用人单元 任务场合 职业技巧 黉舍 扶植 "
    "年夜赛 年夜型 年夜众 餐与加入 签署失业 雇用会 雇用运动 一起配合 空中积 专门研究 比来 客岁 "
    "失业基地 优质失业 工作技巧 办事平台 分歧类型 家政办事 辅助失业 失业办事 增进失业 失业创业 稳固失业"
).split()
#: how many different ones make a text spun
_SPUN_AT: Final = 3


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified characters; as long as it was, character for character."""
    converted = str(_converter().convert(text))
    if len(converted) == len(text):
        return converted
    # a phrase that changes its length: one character at a time keeps the places
    return "".join(one if len(one) == 1 else was for was in text for one in [str(_converter().convert(was))])


def is_spun(text: str) -> bool:
    """Whether a (simplified) text was rewritten by a machine, judged by words that no editor writes."""
    return sum(1 for word in _TELLTALES if word in text) >= _SPUN_AT


def restored(text: str) -> str:
    """A (simplified) spun text with the words that were meant. For matching only: places shift."""
    for spun, meant in SPUN.items():
        text = text.replace(spun, meant)
    return text
