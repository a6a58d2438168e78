"""activities_held, activity_attendance, competitors, teams, awards, facilities, recognitions, capacity_places."""

from __future__ import annotations

from tests.support.books import Books, _databases, books
from tests.support.facts import activity, site, site_closed

__all__ = ["_databases", "books"]


def test_activities_are_counted_by_kind_as_their_organisers_state_them(books: Books) -> None:
    books.training.add(activity("1", "competition"))
    books.training.add(activity("2", "volunteering", "2025-03-01", series="四送下乡"))
    books.training.add(activity("3", "volunteering", "2025-07-01"))
    books.training.retract(books.training.add(activity("4", "promotion", "2025-03-02")))  # 3, 4
    books.training.correct(books.training.add(activity("5", "other", "2025-04-01")), activity("5", "childcare_class"))
    window = {"start": "2025-03-01", "end": "2025-06-30"}
    assert books.members("activities_held", **window) == [
        "1 counted training@0",
        "2 counted training@1",
        "4 voided training@3",
        "5 counted training@7",
    ]
    answer = books.figure("activities_held", **window)
    assert (answer.value, answer.rule.grade) == (3, "attested")
    assert answer.splits["kind"]["volunteering"] == 1
    assert books.figure("activities_held", extra={"activity_kind": "志愿服务"}).value == 2
    assert books.figure("activities_held", extra={"series": "四送下乡"}).value == 1
    assert books.figure("activities_held", extra={"series": "四"}).matched == 0


def test_attendances_are_summed_and_not_persons(books: Books) -> None:
    books.training.add(activity("1", "online_training", attendances=5_400, attendees=900))
    books.training.add(activity("2", "volunteering", attendances=0))
    books.training.add(activity("3", "volunteering"))
    books.training.retract(books.training.add(activity("4", attendances=7)))
    assert books.members("activity_attendance") == [
        "1 counted = 5400 training@0",
        "2 counted = 0 training@1",
        "3 not_stated training@2",
        "4 voided = 7 training@3",
    ]
    answer = books.figure("activity_attendance")
    assert (answer.value, answer.unit, answer.persons) == (5_400, "人次", 0)
    assert books.figure("activity_attendance", extra={"activity_kind": "volunteering"}).value == 0


def test_competitors_are_those_of_competitions(books: Books) -> None:
    books.training.add(activity("1", attendees=127, teams=33, tracks=4, series="护工大赛"))
    books.training.add(activity("2", attendees=125))
    books.training.add(activity("3", "promotion", attendees=900))
    books.training.add(activity("4"))
    books.training.retract(books.training.add(activity("5", attendees=1)))
    assert books.members("competitors") == [
        "1 counted = 127 training@0",
        "2 counted = 125 training@1",
        "4 not_stated training@3",
        "5 voided = 1 training@4",
    ]
    assert books.figure("competitors").value == 252
    assert books.figure("competitors", extra={"series": "护工大赛"}).value == 127
    assert books.figure("competitors", end="2025-06-17").matched == 0


def test_teams_and_awards_are_summed_where_they_are_stated(books: Books) -> None:
    books.training.add(activity("1", teams=33, awards=24))
    books.training.add(activity("2", "other", awards=2))
    books.training.add(activity("3", "volunteering"))
    books.training.add(activity("4"))
    books.training.retract(books.training.add(activity("5", teams=3, awards=3)))
    assert books.members("teams") == [
        "1 counted = 33 training@0",
        "4 not_stated training@3",
        "5 voided = 3 training@4",
    ]
    assert books.members("awards") == [
        "1 counted = 24 training@0",
        "2 counted = 2 training@1",
        "4 not_stated training@3",
        "5 voided = 3 training@4",
    ]
    assert (books.figure("teams").value, books.figure("teams").unit) == (33, "支")
    assert (books.figure("awards").value, books.figure("awards").unit) == (26, "个")


def test_sites_are_a_stock_by_kind(books: Books) -> None:
    books.training.add(site("1", "nursing_room"))
    books.training.add(site("2", "childcare", "2025-06-20"))
    books.training.add(site("3", "childcare"))
    books.training.add(site_closed("3", "2025-06-20"))
    books.training.add(site("4", "school", "2025-06-21"))
    books.training.retract(books.training.add(site("5")))  # 5, 6
    assert books.members("facilities", end="2025-06-20") == [
        "1 counted training@0",
        "2 counted training@1",
        "3 closed training@2",
        "5 voided training@5",
    ]
    answer = books.figure("facilities", end="2025-06-20")
    assert answer.splits["kind"]["childcare"] == 1
    assert answer.splits["kind"]["nursing_room"] == 1
    assert books.figure("facilities", end="2025-06-20", extra={"site_kind": "托育单位"}).value == 1
    # a stock has no beginning
    assert books.figure("facilities", start="2025-06-01", end="2025-06-20").value == 2
    # what closed it was itself retracted
    books.training.retract(3)
    assert books.figure("facilities", end="2025-06-20").value == 3


def test_recognitions_are_sites_with_a_title(books: Books) -> None:
    books.training.add(site("1", title="全国爱心托育用人单位", level="国家级"))
    books.training.add(site("2", title="全国爱心托育用人单位", level="省级"))
    books.training.add(site("3", title="家庭友好型工作场所"))
    books.training.add(site("4"))
    books.training.add(site("5", title="家庭友好型工作场所"))
    books.training.add(site_closed("5", "2025-03-01"))
    books.training.retract(books.training.add(site("6", title="家庭友好型工作场所")))
    assert books.members("recognitions") == [
        "1 counted training@0",
        "2 counted training@1",
        "3 counted training@2",
        "5 closed training@4",
        "6 voided training@6",
    ]
    assert books.figure("recognitions", extra={"title": "全国爱心托育用人单位"}).value == 2
    assert books.figure("recognitions", extra={"title": "全国爱心托育用人单位", "level": "国家级"}).value == 1
    assert books.raw_members("recognitions")[0].details == {"title": "全国爱心托育用人单位", "level": "国家级"}


def test_capacity_is_summed_and_what_is_not_stated_stands_apart(books: Books) -> None:
    books.training.add(site("1", capacity_places=1_500))
    books.training.add(site("2", capacity_places=500))
    books.training.add(site("3"))
    books.training.add(site("4", capacity_places=70))
    books.training.add(site_closed("4", "2025-03-01"))
    books.training.correct(books.training.add(site("5", capacity_places=9)), site("5", capacity_places=8))  # 5, 6, 7
    assert books.members("capacity_places") == [
        "1 counted = 1500 training@0",
        "2 counted = 500 training@1",
        "3 not_stated training@2",
        "4 closed = 70 training@3",
        "5 counted = 8 training@7",
    ]
    answer = books.figure("capacity_places")
    assert (answer.value, answer.unit, answer.rule.kind) == (2_008, "工位", "capacity")
    assert books.figure("capacity_places", end="2025-01-31").value == 0
    assert books.figure("capacity_places", region="37").matched == 0
