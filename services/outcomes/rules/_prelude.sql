-- What every audit rule stands on, after the figures' prelude. 审计规则共同的基础。
--
-- The whole statement, the same on SQLite and PostgreSQL:
--
--   WITH RECURSIVE cut(log, size) AS (…), <figures/_prelude.sql>, <this file>, members AS (<the rule's file>)
--   SELECT …
--
-- with `programme`, `region` and `from_day` NULL: a fact may contradict one of another programme or place,
-- so a rule looks at all of them, and who asks for one programme is shown the findings of that programme.
--
-- live_…   entries within the cut that stand: neither retracted nor superseded. `person`: after merges.
--
-- MATERIALIZED changes no result: SQLite, which has no statistics, then joins them by an index made for the purpose.

-- 开班
live_classes(log, idx, subject, agency, recorded, recorded_day, programme, region, class_no, occupation,
    provider, kind, opened_on, opened_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           x.class_no, x.occupation, x.provider, x.kind, x.opened_on, x.opened_day
    FROM class_opened x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 入班
live_enrolments(log, idx, subject, agency, recorded, recorded_day, programme, region, person, class_no,
    enrolled_on, enrolled_day, category, category_since_on, category_since_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.class_no, x.enrolled_on, x.enrolled_day, x.category,
           x.category_since_on, x.category_since_day
    FROM enrolled x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 结业、不合格、中途退出
live_results(log, idx, subject, agency, recorded, recorded_day, programme, region, person, class_no,
    result, ended_on, ended_day, hours_tenths, theory_hours_tenths, practice_hours_tenths) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.class_no, x.result, x.ended_on, x.ended_day, x.hours_tenths,
           x.theory_hours_tenths, x.practice_hours_tenths
    FROM training_ended x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 发证
live_certificates(log, idx, subject, agency, recorded, recorded_day, programme, region, person, class_no,
    certificate, issued_on, issued_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.class_no, x.certificate, x.issued_on, x.issued_day
    FROM certificate_issued x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 单位登记
live_employers(log, idx, subject, agency, recorded, recorded_day, programme, region, employer,
    registered_on, registered_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           x.employer, x.registered_on, x.registered_day
    FROM employer_registered x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 单位停业
live_closures(log, idx, subject, agency, recorded, recorded_day, programme, region, employer, closed_on,
    closed_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           x.employer, x.closed_on, x.closed_day
    FROM employer_closed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 就业意向协议
live_intents(log, idx, subject, agency, recorded, recorded_day, programme, region, person, agreement,
    employer, employer_name, signed_on, signed_day, expected_wage_fen) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.agreement, x.employer, x.employer_name, x.signed_on, x.signed_day,
           x.expected_wage_fen
    FROM intent_agreement_signed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 劳动合同、劳务协议
live_contracts_signed(log, idx, subject, agency, recorded, recorded_day, programme, region, person, kind,
    agreement, employer, employer_name, signed_on, signed_day, expected_wage_fen) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.kind, x.agreement, x.employer, x.employer_name, x.signed_on,
           x.signed_day, x.expected_wage_fen
    FROM contract_signed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
live_contracts_withdrawn(log, idx, subject, agency, recorded, recorded_day, programme, region, person,
    kind, agreement, withdrawn_on, withdrawn_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.kind, x.agreement, x.withdrawn_on, x.withdrawn_day
    FROM contract_withdrawn x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 体检
live_checks(log, idx, subject, agency, recorded, recorded_day, programme, region, person, checked_on,
    checked_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.checked_on, x.checked_day
    FROM health_check_passed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 上岗
live_starts(log, idx, subject, agency, recorded, recorded_day, programme, region, person, employer,
    employer_name, kind, started_on, started_day, work_region) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.employer, x.employer_name, x.kind, x.started_on, x.started_day,
           x.work_region
    FROM employment_started x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 离岗
live_ends(log, idx, subject, agency, recorded, recorded_day, programme, region, person, employer,
    started_day, ended_on, ended_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.employer, x.started_day, x.ended_on, x.ended_day
    FROM employment_ended x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 回访计划
live_plans(log, idx, subject, agency, recorded, recorded_day, programme, region, person, employer,
    started_on, started_day, d30_on, d30_day, d90_on, d90_day, d180_on, d180_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.employer, x.started_on, x.started_day, x.d30_on, x.d30_day, x.d90_on,
           x.d90_day, x.d180_on, x.d180_day
    FROM visits_planned x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 回访（有应答）
live_visits(log, idx, subject, agency, recorded, recorded_day, programme, region, person, visited_on,
    visited_day, state, method, employer, visitor) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.visited_on, x.visited_day, x.state, x.method, x.employer, x.visitor
    FROM visit_completed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 失联
live_attempts(log, idx, subject, agency, recorded, recorded_day, programme, region, person, visited_on,
    visited_day, method, visitor) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.visited_on, x.visited_day, x.method, x.visitor
    FROM visit_attempted x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 实发工资
live_observed_wages(log, idx, subject, agency, recorded, recorded_day, programme, region, person, month,
    month_no, wage_fen, observed_on, observed_day, proof, employer) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.month, x.month_no, x.wage_fen, x.observed_on, x.observed_day, x.proof,
           x.employer
    FROM wage_observed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 问题
live_issues_opened(log, idx, subject, agency, recorded, recorded_day, programme, region, person, kind,
    opened_on, opened_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.kind, x.opened_on, x.opened_day
    FROM issue_opened x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
live_referrals_of_issues(log, idx, subject, agency, recorded, recorded_day, programme, region, person,
    referred_on, referred_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.referred_on, x.referred_day
    FROM issue_referred x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
live_resolutions(log, idx, subject, agency, recorded, recorded_day, programme, region, person, resolved_on,
    resolved_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.resolved_on, x.resolved_day
    FROM issue_resolved x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 补贴
live_subsidies(log, idx, subject, agency, recorded, recorded_day, programme, region, person, subsidy, kind,
    amount_fen, paid_on, paid_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.subsidy, x.kind, x.amount_fen, x.paid_on, x.paid_day
    FROM subsidy_paid x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 追回
live_clawbacks(log, idx, subject, agency, recorded, recorded_day, programme, region, person, subsidy,
    clawed_back_on, clawed_back_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           COALESCE(m.root, x.person), x.subsidy, x.clawed_back_on, x.clawed_back_day
    FROM subsidy_clawed_back x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 岗位
live_vacancies(log, idx, subject, agency, recorded, recorded_day, programme, region, employer, posted_on,
    posted_day, vacancies) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           x.employer, x.posted_on, x.posted_day, x.vacancies
    FROM vacancy_posted x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 活动
live_activities(log, idx, subject, agency, recorded, recorded_day, programme, region, activity, title,
    started_on, started_day, attendances, attendees) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           x.activity, x.title, x.started_on, x.started_day, x.attendances, x.attendees
    FROM activity_held x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- 上报统计
live_statistics(log, idx, subject, agency, recorded, recorded_day, programme, region, indicator,
    value_milli, unit, kind, as_of_on, as_of_day, source) AS MATERIALIZED (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.recorded_day, x.programme, x.region,
           x.indicator, x.value_milli, x.unit, x.kind, x.as_of_on, x.as_of_day, x.source
    FROM statistic_attested x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- a person in a class: from the day they joined it to the day it ended for them (`until_day`: that day, or the
-- first where no end is stated). `class_kind`: pre_job, upskilling, refresher, online; NULL: not stated
live_trainings(log, idx, subject, agency, recorded, programme, region, person, class_no, enrolled_on, enrolled_day,
               category, result, ended_on, ended_day, until_day, hours_tenths, end_log, end_idx) AS MATERIALIZED (
    SELECT e.log, e.idx, e.subject, e.agency, e.recorded, e.programme, e.region, e.person, e.class_no,
           e.enrolled_on, e.enrolled_day, e.category, r.result, r.ended_on, r.ended_day,
           COALESCE(r.ended_day, e.enrolled_day), r.hours_tenths, r.log, r.idx
    FROM live_enrolments e
    LEFT JOIN live_results r ON r.subject = e.subject AND r.log = e.log
),
-- the same with what is known of the class
live_classroom(log, idx, subject, agency, recorded, programme, region, person, class_no, enrolled_on, enrolled_day,
               category, result, ended_on, ended_day, until_day, hours_tenths, class_kind, occupation, provider) AS MATERIALIZED (
    SELECT t.log, t.idx, t.subject, t.agency, t.recorded, t.programme, t.region, t.person, t.class_no,
           t.enrolled_on, t.enrolled_day, t.category, t.result, t.ended_on, t.ended_day, t.until_day,
           t.hours_tenths, c.kind, c.occupation, c.provider
    FROM live_trainings t
    LEFT JOIN live_classes c
      ON c.class_no = t.class_no AND c.programme = t.programme AND c.agency = t.agency AND c.log = t.log
),
-- work from its first day to its last (`ended_day` NULL: it goes on, or nobody said); of one start that several
-- agencies state, `copy` numbers the statements in the order they were recorded
live_spells(log, idx, subject, agency, recorded, programme, region, person, employer, employer_name, kind,
            started_on, started_day, started_month, work_region, ended_on, ended_day, ended_month, end_log, end_idx,
            copy) AS MATERIALIZED (
    SELECT s.log, s.idx, s.subject, s.agency, s.recorded, s.programme, s.region, s.person, s.employer,
           s.employer_name, s.kind, s.started_on, s.started_day,
           CAST(substr(s.started_on, 1, 4) AS INTEGER) * 12 + CAST(substr(s.started_on, 6, 2) AS INTEGER) - 1,
           s.work_region, e.ended_on, e.ended_day,
           CAST(substr(e.ended_on, 1, 4) AS INTEGER) * 12 + CAST(substr(e.ended_on, 6, 2) AS INTEGER) - 1, e.log, e.idx,
           ROW_NUMBER() OVER (PARTITION BY s.person, s.employer, s.started_day
                              ORDER BY CASE WHEN e.idx IS NULL THEN 1 ELSE 0 END, s.recorded, s.log, s.idx)
    FROM live_starts s
    LEFT JOIN live_ends e ON e.subject = s.subject AND e.log = s.log
),
-- contracts with the day they were withdrawn
live_contracts(log, idx, subject, agency, programme, region, person, kind, agreement, employer, employer_name, signed_on,
               signed_day, expected_wage_fen, withdrawn_on, withdrawn_day) AS MATERIALIZED (
    SELECT c.log, c.idx, c.subject, c.agency, c.programme, c.region, c.person, c.kind, c.agreement, c.employer,
           c.employer_name, c.signed_on, c.signed_day, c.expected_wage_fen, w.withdrawn_on, w.withdrawn_day
    FROM live_contracts_signed c
    LEFT JOIN live_contracts_withdrawn w ON w.subject = c.subject AND w.log = c.log
),
-- wages with their employer as starts of work call it: where they name it by its name, its code; where they name
-- none, that of the work begun last in the programme by the day they were observed
live_wages(log, idx, subject, agency, programme, region, person, month, month_no, wage_fen, observed_on, observed_day,
           proof, employer) AS MATERIALIZED (
    SELECT w.log, w.idx, w.subject, w.agency, w.programme, w.region, w.person, w.month, w.month_no, w.wage_fen,
           w.observed_on, w.observed_day, w.proof, COALESCE(at.employer, w.employer)
    FROM live_observed_wages w
    LEFT JOIN (
        SELECT n.log, n.idx, s.employer,
               ROW_NUMBER() OVER (PARTITION BY n.log, n.idx ORDER BY s.started_day DESC, s.log, s.idx) AS nth
        FROM live_observed_wages n
        JOIN live_starts s ON s.person = n.person
        WHERE (n.employer IS NULL AND s.programme = n.programme AND s.started_day <= n.observed_day)
           OR (s.employer_name = n.employer AND s.employer <> n.employer)
    ) at ON at.idx = w.idx AND at.log = w.log AND at.nth = 1
),
-- issues with what became of them
live_issues(log, idx, subject, agency, programme, region, person, kind, opened_on, opened_day,
            referred_on, resolved_on, resolved_day, resolution_log, resolution_idx) AS MATERIALIZED (
    SELECT o.log, o.idx, o.subject, o.agency, o.programme, o.region, o.person, o.kind, o.opened_on, o.opened_day,
           f.referred_on, r.resolved_on, r.resolved_day, r.log, r.idx
    FROM live_issues_opened o
    LEFT JOIN live_referrals_of_issues f ON f.subject = o.subject AND f.log = o.log
    LEFT JOIN live_resolutions r ON r.subject = o.subject AND r.log = o.log
),
-- 招聘活动
live_matchings(log, idx, programme, region, event_no, held_on, held_day) AS MATERIALIZED (
    SELECT x.log, x.idx, x.programme, x.region, x.event_no, x.held_on, x.held_day
    FROM matching_event_held x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- figures that were published and not restated since
live_publications(log, idx, subject, agency, recorded, programme, region, figure, parameters, unit, value) AS (
    SELECT x.log, x.idx, x.subject, x.agency, x.recorded, x.programme, x.region, x.figure, x.parameters, x.unit, x.value
    FROM (
        SELECT p.log, p.idx, p.subject, p.agency, p.recorded, p.programme, p.region, p.figure, p.parameters, p.unit,
               p.value
        FROM figure_published p
        UNION ALL
        SELECT r.log, r.idx, r.subject, r.agency, r.recorded, r.programme, r.region, r.figure, r.parameters, r.unit,
               r.value
        FROM figure_restated r
    ) x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- findings that somebody explained, accepted or closed: of each the latest word
settled(rule, key, kind, reason, agency, recorded, evidence_log, evidence_entry) AS (
    SELECT u.rule, u.key, u.kind, u.reason, u.agency, u.recorded, u.evidence_log, u.evidence_entry
    FROM (
        SELECT x.rule, x.key, x.kind, x.reason, x.agency, x.recorded, x.evidence_log, x.evidence_entry,
               ROW_NUMBER() OVER (PARTITION BY x.rule, x.key ORDER BY x.recorded DESC, x.log DESC, x.idx DESC) AS nth
        FROM finding_settled x
        LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
        WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
    ) u
    WHERE u.nth = 1
)
