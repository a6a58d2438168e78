"""Which verbs there are, and how they end.

Only the module of the verb asked for is imported, none for the help itself, and the verbs import
what is heavy when they run: an answer should be there at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ledgerctl.failures import ExitCode, understand
from ledgerctl.printers import print_failure, say

if TYPE_CHECKING:
    import typer


class Verb(NamedTuple):
    """A verb's module under ledgerctl.commands, and what the help says of it."""

    module: str
    summary: str


#: in the order of the help
VERBS: Final[Mapping[str, Verb]] = {
    "up": Verb("up", "Start the ledger, or what is missing 启动"),
    "down": Verb("down", "Stop the ledger 停止"),
    "status": Verb("status", "What runs, how far each log is 状态"),
    "demo": Verb("demo", "A whole programme, from registers to a proven figure 演示"),
    "import": Verb("import_", "Hand in registers 导入台账"),
    "figures": Verb("figures", "Count figures 统计指标"),
    "figure": Verb("figure", "Publish figures, restate and compare them 公布指标"),
    "sample": Verb("sample", "Draw members by lot and verify them 抽样核验"),
    "members": Verb("members", "What a figure counted and left out 指标明细"),
    "ladder": Verb("ladder", "How far those who completed have come 成效阶梯"),
    "findings": Verb("findings", "What contradicts itself, by the audit rules 审计发现"),
    "record": Verb("record", "One person's outcome record 个人结果档案"),
    "retract": Verb("retract", "Take an entry back 撤销"),
    "entry": Verb("entry", "One entry, as it is stored 原始条目"),
    "fsck": Verb("fsck", "Check every copy against every other 核验台账"),
    "recover": Verb("recover", "Bring back what a restored database lacks 找回条目"),
    "release": Verb("release", "Let a stopped log be followed again 解除停止"),
    "receipt": Verb("receipt", "A proof that an entry is in its log 回执"),
    "consistency": Verb("consistency", "A proof that a log only grew 一致性证明"),
    "export": Verb("export", "A published figure with its evidence 导出"),
    "keys": Verb("keys", "The public keys of the logs 公钥"),
    "claims": Verb("claims", "Hold published figures against the ledger 核对"),
}

HELP = """The placement ledger: registers go in, figures anyone can check come out.

\b
台账：登记表进，可核对的数字出。

\b
Examples 示例:
  ledgerctl up --detach
  ledgerctl import 协议台账.xlsx --programme datong-hugong --region 630121 --agency datong-hrss --wait
  ledgerctl figures --programme datong-hugong
  ledgerctl down

\b
Exit codes 退出码: 0 ok · 1 findings or refused rows · 2 usage or unreadable input ·
  3 the ledger cannot be reached · 130 interrupted. LEDGER_DEBUG=1 shows stack traces.
"""


INTERRUPTED: Final = "已中断；重新执行同一命令即可 · interrupted; run the same command again"


def build_app(verb: str | None = None) -> typer.Typer:
    """The application with this verb; with None, one that knows all verbs by name but runs none."""
    import typer  # here, where main already answers for a Ctrl-C

    app = typer.Typer(
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(help=HELP)(_nothing)
    if verb is None:
        for name, (_, summary) in VERBS.items():
            app.command(name, help=summary)(_nothing)
    else:
        _add(app, verb)
    return app


def complete_app() -> typer.Typer:
    """The application with every verb, for shell completion and for tools that document it."""
    app = build_app(next(iter(VERBS)))
    for verb in list(VERBS)[1:]:
        _add(app, verb)
    return app


def _add(app: typer.Typer, verb: str) -> None:
    module = importlib.import_module(f"ledgerctl.commands.{VERBS[verb].module}")
    if hasattr(module, "app"):
        app.add_typer(module.app, name=verb)
    else:
        app.command(verb)(module.run)


def _nothing() -> None:
    """The application itself does nothing."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    verb = arguments[0] if arguments and arguments[0] in VERBS else None
    try:
        app = complete_app() if "_LEDGERCTL_COMPLETE" in os.environ else build_app(verb)
        app(arguments, prog_name="ledgerctl")
    except SystemExit as end:
        # typer's own answer to Ctrl-C; a verb that ended in good order has said itself what it left
        if isinstance(getattr(end.__context__, "__cause__", None), KeyboardInterrupt):
            say(INTERRUPTED)
        return end.code if isinstance(end.code, int) else ExitCode.OK
    except KeyboardInterrupt:
        say(INTERRUPTED)
        return ExitCode.INTERRUPTED
    except Exception as error:
        if os.environ.get("LEDGER_DEBUG"):
            raise
        failure = understand(error)
        if failure is None:
            say(f"✗ 内部错误 · internal error: {type(error).__name__}: {error}")
            say(
                "  → 加 LEDGER_DEBUG=1 再执行，把输出报给维护人员 · "
                "run it again with LEDGER_DEBUG=1 and report what it prints"
            )
            return ExitCode.INTERNAL
        print_failure(failure)
        return failure.exit_code
    return ExitCode.OK
