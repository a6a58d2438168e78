"""The refusals that hold for every log; a service's own come from its decider."""

from __future__ import annotations

from ledger.errors import Kind, Refusal


def reused_request_id(request_id: str) -> Refusal:
    """The request id already stands for other content."""
    return Refusal(
        "reused_request_id",
        Kind.REUSED,
        "this request id was accepted with other content; use a new id for a new request",
        "该请求编号已用于其他内容,请更换编号",
        {"request_id": request_id},
    )


def wrong_revision(expected: int, actual: int) -> Refusal:
    """The stream has moved on since the caller looked."""
    return Refusal(
        "wrong_revision",
        Kind.CONFLICT,
        f"expected revision {expected}, the stream is at {actual}; read it again and decide anew",
        f"记录已变动(预期第 {expected} 版,现为第 {actual} 版),请重新查看后再提交",
        {"expected": str(expected), "actual": str(actual)},
    )


def no_such_entry(index: int) -> Refusal:
    """No entry at that index in this log."""
    return Refusal(
        "no_such_entry",
        Kind.NOT_FOUND,
        f"this log holds no entry {index}",
        f"本台账没有第 {index} 条",
        {"entry": str(index)},
    )


def no_such_stream(subject: str) -> Refusal:
    """Nothing is recorded under that subject."""
    return Refusal(
        "no_such_stream",
        Kind.NOT_FOUND,
        "nothing is recorded in this log under that subject; take it from the receipt or entry it goes on from",
        "本台账没有该主题的记录,请用回执或原记录中的主题",
        {"subject": subject},
    )


def other_agency(agency: str) -> Refusal:
    """Only the agency that stated a fact may retract or go on with it."""
    return Refusal(
        "other_agency",
        Kind.FORBIDDEN,
        f"this was stated by {agency}; only that agency can change it",
        f"该记录由 {agency} 登记,只能由该单位更改",
        {"agency": agency},
    )


def group_refused(group: str, at: int) -> Refusal:
    """Another item of the same group was refused, so none was recorded."""
    return Refusal(
        "group_refused",
        Kind.IMPOSSIBLE,
        f"item {at} of group {group} was refused, so nothing of the group was recorded",
        "同组另一项被拒绝,本项未登记",
        {"group": group, "item": str(at)},
    )


def facts_disagree(field: str) -> Refusal:
    """Facts of one command differ in a field they share."""
    return Refusal(
        "facts_disagree",
        Kind.MALFORMED,
        f"the facts of one command must agree on {field}",
        f"同一条命令中的 {field} 前后不一致",
        {"field": field},
    )


def unknown_path(path: str) -> Refusal:
    """`unstated` names what the command cannot state."""
    return Refusal(
        "unknown_path",
        Kind.MALFORMED,
        f"unstated: {path} is neither a fact of this command nor a field of one",
        f"unstated 中的 {path} 不是本命令的事项或字段",
        {"path": path},
    )


def integer_too_large(field: str) -> Refusal:
    """An integer that canonical JSON cannot carry exactly."""
    return Refusal(
        "integer_too_large",
        Kind.MALFORMED,
        f"{field} is beyond 2^53 - 1",
        f"{field} 数值过大",
        {"field": field},
    )


def entry_too_large(size: int, limit: int) -> Refusal:
    """An entry longer than the format allows."""
    return Refusal(
        "entry_too_large",
        Kind.MALFORMED,
        f"the entry would take {size} bytes; {limit} is the limit",
        f"记录过长({size} 字节,上限 {limit})",
        {"bytes": str(size), "limit": str(limit)},
    )


def subject_too_long(length: int, limit: int) -> Refusal:
    """A stream name longer than the format allows."""
    return Refusal(
        "subject_too_long",
        Kind.MALFORMED,
        f"what identifies this takes {length} characters in the name of its stream; {limit} is the limit",
        f"标识过长({length} 个字符,上限 {limit}),请缩短编号或名称",
        {"length": str(length), "limit": str(limit)},
    )


def personal_data(field: str) -> Refusal:
    """Something that looks like the number of a person, where everybody would read it for ever."""
    return Refusal(
        "personal_data",
        Kind.MALFORMED,
        f"{field} holds what looks like an identity or mobile number; the log is never erased, so leave it out",
        f"{field} 中疑似含有身份证号或手机号;该内容将永久保存,请删去",
        {"field": field},
    )


def control_character() -> Refusal:
    """Text that no register holds and not every database can store."""
    return Refusal(
        "control_character",
        Kind.MALFORMED,
        "a text holds a control character such as U+0000; remove it (tabs and line ends may stay)",
        "文本含控制字符,请删除",
    )
