"""Audit rules about documents, employers, money, statistics and the ledger: what fires, what must not."""

from __future__ import annotations

from typing import Any

from services.placement import events as placement
from services.publication import events as publication
from services.registry import events as registry
from services.training import events as training
from tests.support.books import (
    PROGRAMME,
    REGION,
    Books,
    _databases,
    attested,
    books,
    certified,
    class_opened,
    completed,
    contract,
    enrolled,
    erased,
    held,
    left,
    merged,
    paid,
    ref,
    signed,
    started,
    visited,
)
from tests.support.findings import findings, found
from tests.support.samples import sample

__all__ = ["_databases", "books"]

ABOUT: dict[str, Any] = {"programme": PROGRAMME, "region": REGION}


def subsidy(number: str, person: str, kind: str, on: str, **more: Any) -> placement.SubsidyPaid:
    about = {**ABOUT, "amount_fen": 120_000, **more}
    return placement.SubsidyPaid(subsidy=number, person=ref(person), kind=kind, paid_on=on, **about)


def clawed_back(number: str, person: str, on: str) -> placement.SubsidyClawedBack:
    return placement.SubsidyClawedBack(**ABOUT, subsidy=number, person=ref(person), clawed_back_on=on)


def listed(employer: str, on: str = "2024-01-01") -> placement.EmployerRegistered:
    return placement.EmployerRegistered(**ABOUT, employer=employer, registered_on=on)


def closed(employer: str, on: str) -> placement.EmployerClosed:
    return placement.EmployerClosed(**ABOUT, employer=employer, closed_on=on)


def offered(employer: str, vacancies: int, on: str = "2025-03-01") -> placement.VacancyPosted:
    return placement.VacancyPosted(**ABOUT, employer=employer, vacancies=vacancies, posted_on=on)


def activity(number: str, **more: Any) -> training.ActivityHeld:
    about = {**ABOUT, "title": "推介会", "kind": "promotion", "started_on": "2025-05-01", **more}
    return training.ActivityHeld(activity=number, **about)


def test_a02_trained_again_too_soon_and_twice_in_one_class(books: Books) -> None:
    for class_no, on in (("C1", "2025-01-05"), ("C2", "2025-04-30"), ("C3", "2025-05-02")):
        books.training.add(class_opened(class_no, on, kind="pre_job"))
    for person, class_no, on in (("a", "C2", "2025-04-30"), ("b", "C3", "2025-05-02"), ("c", "C2", "2025-04-30")):
        books.training.add(enrolled(person, "C1", "2025-01-05"))
        result = "failed" if person == "c" else "passed"
        books.training.add(completed(person, "C1", "2025-02-01", result))
        books.training.add(enrolled(person, class_no, on))  # 88, 90 and 88 days later
    books.training.add(class_opened("C9", "2025-01-05"), agency="other")
    books.training.add(enrolled("d", "C9"), agency="other")
    books.training.add(enrolled("e", "C9"))
    books.registry.add(merged("e", "d"))
    assert found(books, "A02") == [
        "C2/a#too_soon training@5 ~ training@3",
        "C9/e#same_class training@14 ~ training@13",
    ]


def test_a05_in_class_while_at_work_in_another_province(books: Books) -> None:
    for person in ("a", "b", "c"):
        books.training.add(enrolled(person, "C1", "2025-02-10"))
        books.training.add(completed(person, "C1", "2025-03-10"))
    books.placement.add(started("a", "2025-03-01", kind="full_time", work_region="320100"))
    books.placement.add(started("b", "2025-03-10", kind="full_time", work_region="320100"))
    books.placement.add(started("c", "2025-03-01", kind="full_time", work_region="630100"))
    assert found(books, "A05") == ["C1/a#elsewhere training@0 ~ placement@0"]


def test_a07_a_category_recognised_after_it_was_relied_on(books: Books) -> None:
    books.training.add(enrolled("a", category="残疾人", category_since_on="2025-02-11"))
    books.training.add(enrolled("b", category="残疾人", category_since_on="2025-02-10"))
    books.training.add(enrolled("c", category="残疾人"))
    assert found(books, "A07") == ["C1/a#later training@0"]


def test_a09_registered_unemployed_while_an_employer_pays_social_insurance(books: Books) -> None:
    books.training.add(enrolled("a", category="登记失业人员"))
    books.training.add(enrolled("b", category="登记失业人员"))
    books.training.add(enrolled("c", category="脱贫人口"))
    for person, employer in (("a", "E1"), ("b", "E2"), ("c", "E1")):
        books.followup.add(paid(person, "2025-01", 400_000, "social_insurance", employer="E1"))
        books.followup.add(paid(person, "2025-02", 400_000, "social_insurance", employer=employer))
    assert found(books, "A09") == ["C1/a#insured training@0 ~ followup@1"]


def test_a16_a_provider_that_fails_nobody(books: Books) -> None:
    books.training.add(class_opened("C1", provider="甲校"))
    books.training.add(class_opened("C2", provider="乙校"))
    for person in "abc":
        for class_no in ("C1", "C2"):
            books.training.add(enrolled(person, class_no))
            result = "failed" if (person, class_no) == ("c", "C2") else "passed"
            books.training.add(completed(person, class_no, result=result))
    assert found(books, "A16", persons_min=2) == [f"provider/{PROGRAMME}/甲校#all_passed training@2"]
    assert found(books, "A16") == []


def test_a19_signed_with_an_employer_that_had_closed_or_is_not_in_the_register(books: Books) -> None:
    books.placement.add(listed("E1"))
    books.placement.add(closed("E1", "2025-03-06"))  # 1
    books.placement.add(signed("Y-a", "a", "2025-03-05"))
    books.placement.add(contract("H-b", "b", "2025-03-06"))  # 3
    books.placement.add(signed("Y-c", "c", "2025-03-05", employer="E9"))  # 4
    books.placement.add(signed("Y-d", "d", "2025-03-06", employer="E9"))
    books.placement.add(signed("Y-e", "e", employer="E9", programme="another"))  # keeps no register
    assert found(books, "A19") == [
        "labour/H-b#closed placement@3 ~ placement@1",
        f"unlisted/{PROGRAMME}/E9#unlisted placement@4",
    ]


def test_a20_too_many_agreements_on_a_day_without_a_fair(books: Books) -> None:
    for nth, person in enumerate("abc"):
        books.placement.add(signed(f"Y{nth}", person, "2025-03-05"))
        books.placement.add(signed(f"Z{nth}", person, "2025-03-08"))
    books.placement.add(held("E-1", "signing_ceremony", "2025-03-08"))
    assert found(books, "A20", daily_agreements=2) == [
        f"agreements/{PROGRAMME}/E1/2025-03-05#too_many placement@0",
    ]
    assert found(books, "A20") == []


def test_a21_documents_stated_as_employment(books: Books) -> None:
    books.training.add(attested("实现就业", 800, "2025-06-30", unit="份"))
    books.training.add(attested("签订就业意向协议", 800, "2025-06-30", unit="份"))
    books.training.add(attested("实现就业", 800, "2025-07-31"))
    assert [one.split(" ")[1] for one in found(books, "A21")] == ["training@0"]


def test_a24_the_provider_is_the_employer(books: Books) -> None:
    books.training.add(class_opened("C1", provider="某护理院"))
    books.training.add(enrolled("a"))
    books.training.add(enrolled("b"))
    books.placement.add(started("a", employer_name="某护理院"))
    books.placement.add(started("b", employer_name="别家"))
    assert found(books, "A24") == ["a/E1/2025-04-01#provider placement@0 ~ training@1"]


def test_a26_left_and_back_at_the_same_employer(books: Books) -> None:
    for person, back_on in (("a", "2025-05-31"), ("b", "2025-06-01")):
        books.placement.add(started(person))
        books.placement.add(left(person, "2025-05-01"))
        books.placement.add(started(person, back_on))
    assert found(books, "A26") == ["a/E1/2025-05-31#rejoined placement@2 ~ placement@1"]


def test_a27_more_persons_started_than_posts_were_offered(books: Books) -> None:
    books.placement.add(offered("E1", 1))
    books.placement.add(offered("E1", 1, "2025-03-15"))
    books.placement.add(offered("E2", 2))
    for person in "abc":
        books.placement.add(started(person))
    books.placement.add(started("d", employer="E2"))
    books.placement.add(started("e", employer="E2"))
    books.placement.add(started("f", "2025-02-01", employer="E2"))  # before any post was offered
    assert found(books, "A27") == [f"posts/{PROGRAMME}/E1#beyond placement@0"]


def test_a38_one_kind_of_subsidy_twice_in_a_year(books: Books) -> None:
    books.placement.add(subsidy("S1", "a", "生活补贴", "2025-03-01"))
    books.placement.add(subsidy("S2", "a", "生活补贴", "2025-09-01", programme="another"))
    books.placement.add(subsidy("S3", "a", "生活补贴", "2026-01-01"))
    books.placement.add(subsidy("S4", "a", "交通补贴", "2025-09-01"))
    books.placement.add(subsidy("S5", "b", "生活补贴", "2025-03-01"))
    books.placement.add(clawed_back("S5", "b", "2025-04-01"))
    books.placement.add(subsidy("S6", "b", "生活补贴", "2025-03-02"))
    assert found(books, "A38") == ["S2#twice placement@1 ~ placement@0"]


def test_a39_paid_after_a_clawback_or_for_training_nobody_passed(books: Books) -> None:
    books.training.add(completed("a", on="2025-02-01"))
    books.training.retract(books.training.add(completed("b", on="2025-02-01")))
    books.placement.add(subsidy("S1", "a", "职业培训补贴", "2025-03-01"))
    books.placement.add(subsidy("S2", "b", "职业培训补贴", "2025-03-01"))  # 1: the training was voided
    books.placement.add(subsidy("S3", "c", "生活补贴", "2025-03-01"))  # 2
    books.placement.add(clawed_back("S3", "c", "2025-02-28"))  # 3
    books.placement.add(subsidy("S4", "d", "生活补贴", "2025-03-01"))
    books.placement.add(clawed_back("S4", "d", "2025-04-01"))  # 5
    books.placement.add(subsidy("S5", "d", "生活补贴", "2025-05-01"))  # 6
    assert found(books, "A39") == [
        "S2#no_basis placement@1",
        "S3#after_clawback placement@2 ~ placement@3",
        "S3#before_paid placement@3 ~ placement@2",
        "S5#after_clawback placement@6 ~ placement@5",
    ]


def test_a40_an_employment_subsidy_without_employment(books: Books) -> None:
    books.placement.add(started("a", "2025-03-01"))
    books.placement.add(started("b", "2025-01-01"))
    books.placement.add(left("b", "2025-02-01", since="2025-01-01"))
    books.placement.add(subsidy("S1", "a", "就业补贴", "2025-12-01"))  # at work still
    books.placement.add(subsidy("S2", "b", "就业补贴", "2025-07-01"))
    books.placement.add(subsidy("S3", "b", "就业补贴", "2026-07-04"))  # 5
    books.placement.add(subsidy("S4", "c", "生活补贴", "2025-07-01"))
    assert found(books, "A40") == ["S3#no_employment placement@5"]


def test_a41_entries_that_nobody_could_read(books: Books) -> None:
    books.placement.add(started("a"))
    assert found(books, "A41") == []
    books.placement.add(sample(registry.PersonRegistered), subject="x/y", type="placement.SomethingNew.v1")
    assert found(books, "A41") == ["x/y@1#parked placement@1"]
    assert found(books, "A41", as_of={"ledger.local/placement": 1}) == []


def test_a43_dated_after_it_was_recorded_or_recorded_much_too_late(books: Books) -> None:
    books.placement.add(started("a", "2026-01-02"), recorded="2026-01-01")
    books.placement.add(started("b", "2026-01-03"))
    books.placement.add(started("c", "2024-01-02"))  # 730 days before
    books.placement.add(started("d", "2024-01-01"))
    assert found(books, "A43") == [
        "b/E1/2026-01-03/employment_started#future placement@1",
        "late/datong-hrss/datong-hugong/employment_started/20454#late placement@3",
    ]
    books.placement.add(started("e", "2023-12-31"))
    books.placement.add(started("f", "2023-12-31", programme="another"))
    late = findings(books, "A43", severity="W")
    assert [(one.programme, one.facts["entries"], one.facts["happened_on"]) for one in late] == [
        ("another", 1, "2023-12-31"),
        ("datong-hugong", 2, "2023-12-31"),
    ]
    assert findings(books, "A43")[0].zh == "所记日期 2026-01-03 晚于登记日期 2026-01-01"


def test_a45_erasures_nobody_confirmed_retractions_without_a_reason_and_many_corrections(books: Books) -> None:
    books.registry.add(erased("a"))
    books.registry.add(registry.PersonErased(person=ref("b"), basis="court_order", case="C-2", second_actor="st_1"))
    books.placement.retract(books.placement.add(started("a")), reason=" ")
    books.placement.retract(books.placement.add(started("b")))
    index = books.placement.add(started("c"))
    for nth in range(6):
        index = books.placement.correct(index, started("c", position=f"{nth}"))
    assert found(books, "A45") == [
        "a/E1/2025-04-01@1#no_reason placement@1 ~ placement@0",
        "c/E1/2025-04-01#many placement@15",
        "person/a#no_second_actor registry@0",
    ]
    assert len(found(books, "A45", times=6)) == 2


def test_a46_one_figure_published_with_two_values_that_both_stand(books: Books) -> None:
    log = books.log("ledger.local/publication")
    other = books.log("other.example/publication")
    figure = sample(publication.FigurePublished, full=True, figure="agreements_signed", value="862")
    first = log.add(figure)
    other.add(figure)
    assert found(books, "A46") == []
    changed = sample(publication.FigureRestated, full=True, figure="agreements_signed", value="861", supersedes=0)
    log.correct(first, changed)
    [one] = findings(books, "A46")
    assert (one.facts["value"], one.facts["other_value"]) in {("861", "862"), ("862", "861")}


def test_a47_a_part_larger_than_the_whole(books: Books) -> None:
    books.training.add(activity("H1", attendees=101, attendances=100))
    books.training.add(activity("H2", attendees=100, attendances=100))
    books.training.add(activity("H3", attendees=100))
    hours = {"theory_hours_tenths": 200, "practice_hours_tenths": 300}
    books.training.add(completed("a", hours_tenths=600, **hours))  # 3
    books.training.add(completed("b", hours_tenths=500, **hours))
    books.training.add(completed("c", hours_tenths=500, theory_hours_tenths=200))
    assert [one.rpartition(" ")[2] for one in found(books, "A47")] == ["training@0", "training@3"]


def test_a48_and_a49_one_indicator_in_two_units_or_as_unlike_kinds(books: Books) -> None:
    books.training.add(attested("参训", 1_000, "2025-05-31", unit="人次", kind="flow"))
    books.training.add(attested("参训", 1_000, "2025-06-30", unit="人", kind="flow"))
    books.training.add(attested("床位", 50, "2025-05-31", unit="个", kind="capacity"))
    books.training.add(attested("床位", 50, "2025-06-30", unit="个", kind="stock"))
    books.training.add(attested("机构", 5, "2025-05-31", unit="家"))
    books.training.add(attested("机构", 6, "2025-06-30", unit="家"))
    assert [one.partition("#")[2] for one in found(books, "A48")] == ["drift training@1 ~ training@0"]
    assert [one.partition("#")[2] for one in found(books, "A49")] == ["mixed training@3 ~ training@2"]


def test_a51_a_sample_drawn_again_and_a_verifier_who_had_visited_the_person(books: Books) -> None:
    log = books.log("ledger.local/publication")
    log.add(sample(publication.SampleDrawn, full=True, figure="persons_started"), subject="sample/1")
    log.add(sample(publication.SampleDrawn, full=True, figure="persons_started"), subject="sample/2")
    log.retract(1)
    one, other = "st_" + "1" * 32, "st_" + "2" * 32
    books.placement.add(started("a"))
    books.followup.add(visited("a", "2025-05-01", visitor=one))
    for verifier in (one, other):
        result = sample(
            publication.MemberVerified,
            sample=0,
            member_log="ledger.local/placement",
            member_index=0,
            verifier=verifier,
        )
        log.add(result, subject=f"verification/{verifier}")  # 3, 4
    assert found(books, "A51") == [
        "sample/2@1#redrawn publication@1",
        f"verification/{one}#not_independent publication@3 ~ followup@0",
    ]


def test_a_settled_finding_says_who_why_and_is_open_again_once_its_entry_is_stated_anew(books: Books) -> None:
    books.training.add(enrolled("a"))
    index = books.training.add(certified("a"))
    [one] = findings(books, "A17")
    assert one.state == "open"
    log = books.log("ledger.local/publication")
    about = {"rule": "A17", "rule_version": 1, "key": one.key, "evidence_log": one.evidence.log}
    log.add(publication.FindingSettled(kind="explained", reason="纸质证书", evidence_entry=index, **about))
    log.add(publication.FindingSettled(kind="closed", reason="已核", evidence_entry=index, **about), agency="county")
    [one] = findings(books, "A17")
    assert one.settled is not None
    assert (one.state, one.settled.reason, one.settled.agency) == ("closed", "已核", "county")
    assert found(books, "A17", state="open") == []
    log.retract(1)
    assert findings(books, "A17")[0].state == "explained"
    books.training.correct(index, certified("a", certificate="Z-9"))
    assert [each.state for each in findings(books, "A17")] == ["open"]
