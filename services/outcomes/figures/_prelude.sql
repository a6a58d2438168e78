-- What every figure stands on. 每个指标共同的基础。
--
-- The whole statement, the same on SQLite and PostgreSQL:
--
--   WITH RECURSIVE <this file>, members AS (<the figure's file>)
--   SELECT * FROM members ORDER BY key, log, idx
--
-- over the event tables and a relation `cut(log, size)`, one row for each log that is read: of it
-- the entries idx < size. Either a table of that name, or the first member of the WITH:
-- `cut(log, size) AS (VALUES …),`. Rule hash = SHA-256(this file ‖ the figure's file). Parameters:
--
--   programme   text; NULL: all programmes                                       项目
--   region      GB/T 2260 code without trailing 00 pairs; NULL: everywhere         地区
--   from_day    first business day, days since 1970-01-01; NULL: no lower bound   起
--   to_day      last business day. Where nobody asks for one: the Shanghai day    止
--               of the newest entry in the cut
--
-- and what the figure's own header declares.
--
-- Words
--   version     an entry that is no member at all: superseded by a correction, or voided and then
--               stated anew in its stream (a register imported as A, then B, then A, counts as A)
--   voided      已作废: retracted by its own service within the cut and not stated anew. A member,
--               never counted
--   live        neither of the two
--   fact        live or voided. The facts below lie in the programme, the region and the window.
--               What decides their state (a withdrawal, an end, a visit, a resolution) is live, of
--               the same programme whatever its region, and dated on or before `to_day`
--   reason      why a fact is not counted; NULL: counted
--
-- A place is where an entry stands, in one number: number of the log * 2^40 + idx, so that MIN and MAX
-- find an entry. CROSS JOIN, MATERIALIZED and `log || ''` change no result: they keep SQLite, which has
-- no statistics, to the order and the index that are fast.

-- logs numbered by name; the second SELECT has no rows and lends PostgreSQL the order by code point
named(log) AS (
    SELECT cut.log FROM cut UNION ALL SELECT r.log FROM entry_retracted r WHERE 1 = 0
),
numbered(log, n) AS MATERIALIZED (
    SELECT named.log, (SELECT COUNT(*) FROM named lesser WHERE lesser.log < named.log) FROM named
),

-- entries retracted within the cut
gone(log, entry, superseded) AS (
    SELECT r.log, r.entry, MAX(r.superseded)
    FROM entry_retracted r
    WHERE r.idx < (SELECT cut.size FROM cut WHERE cut.log = r.log)
    GROUP BY r.log, r.entry
),

-- references found to be one person, followed to the end of the chain; should merges ever run in a
-- circle, the person goes by the least reference of the circle
merges(person, root) AS (
    SELECT latest.person, latest.root
    FROM (
        SELECT m.person, m."into" AS root,
               ROW_NUMBER() OVER (PARTITION BY m.person ORDER BY m.recorded DESC, m.log DESC, m.idx DESC) AS nth
        FROM persons_merged m
        LEFT JOIN gone g ON g.entry = m.idx AND g.log = m.log
        WHERE m.idx < (SELECT cut.size FROM cut WHERE cut.log = m.log) AND g.entry IS NULL
    ) latest
    WHERE latest.nth = 1
),
chain(person, root) AS (
    SELECT merges.person, merges.root FROM merges
    UNION
    SELECT chain.person, merges.root FROM chain JOIN merges ON merges.person = chain.root
),
merged(person, root) AS (
    SELECT chain.person,
           COALESCE(MIN(CASE WHEN chain.root NOT IN (SELECT merges.person FROM merges) THEN chain.root END),
                    MIN(CASE WHEN chain.root IN (SELECT c.root FROM chain c WHERE c.person = c.root)
                             THEN chain.root END))
    FROM chain
    GROUP BY chain.person
),
-- all references of persons who have more than one
known_as(person, root) AS (
    SELECT merged.person, merged.root FROM merged
    UNION
    SELECT merged.root, merged.root FROM merged
),

-- persons whose personal data were erased: they stay counted, under a reference nobody can resolve
erased(person) AS (
    SELECT DISTINCT COALESCE(m.root, e.person)
    FROM person_erased e
    LEFT JOIN gone g ON g.entry = e.idx AND g.log = e.log
    LEFT JOIN merged m ON m.person = e.person
    WHERE e.idx < (SELECT cut.size FROM cut WHERE cut.log = e.log) AND g.entry IS NULL
),

-- 结业 ---------------------------------------------------------------------------------------

-- class and person stated more than once, corrections included: where to look for duplicates
repeated_completions(programme, class_no, person) AS (
    SELECT x.programme, x.class_no, x.person
    FROM training_ended x
    WHERE x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
    GROUP BY x.programme, x.class_no, x.person
    HAVING COUNT(*) > 1
    UNION
    SELECT x.programme, x.class_no, x.person
    FROM training_ended x
    WHERE x.person IN (SELECT known_as.person FROM known_as)
),
-- 0 a version, 1 voided, 2 a duplicate: of the live ones all but the lowest (recorded, log, idx)
completions_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT u.log, u.idx, MIN(u.rank)
    FROM (
        SELECT x.log, x.idx,
               CASE WHEN g.superseded = 1 OR EXISTS (
                   SELECT 1 FROM training_ended later
                   WHERE later.person = x.person
                     AND later.subject = x.subject AND later.log || '' = x.log AND later.idx > x.idx
                     AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
               ) THEN 0 ELSE 1 END AS rank
        FROM gone g
        CROSS JOIN training_ended x
        WHERE x.log = g.log AND x.idx = g.entry
        UNION ALL
        SELECT d.log, d.idx, 2
        FROM (
            SELECT x.log, x.idx,
                   ROW_NUMBER() OVER (PARTITION BY x.programme, x.class_no, COALESCE(m.root, x.person)
                                      ORDER BY x.recorded, x.log, x.idx) AS nth
            FROM repeated_completions d
            CROSS JOIN training_ended x
            LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
            LEFT JOIN merged m ON m.person = x.person
            WHERE x.programme = d.programme AND x.class_no = d.class_no AND x.person = d.person
              AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
              AND x.ended_day <= :to_day
        ) d
        WHERE d.nth > 1
    ) u
    GROUP BY u.log, u.idx
),
completions(log, idx, subject, person, reason, programme, ended_day, hours, theory, practice) AS (
    SELECT x.log, x.idx, x.subject, COALESCE(m.root, x.person),
           CASE WHEN u.rank = 1 THEN 'voided'
                WHEN u.rank = 2 THEN 'duplicate_class'
                WHEN x.result = 'failed' THEN 'failed'
                WHEN x.result = 'withdrawn' THEN 'withdrawn' END,
           x.programme, x.ended_day, x.hours_tenths, x.theory_hours_tenths, x.practice_hours_tenths
    FROM training_ended x
    LEFT JOIN completions_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.ended_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.ended_day) AND :to_day
),

-- 就业意向协议 ---------------------------------------------------------------------------------

repeated_intents(programme, agreement) AS (
    SELECT x.programme, x.agreement
    FROM intent_agreement_signed x
    WHERE x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
    GROUP BY x.programme, x.agreement
    HAVING COUNT(*) > 1
),
-- 0 a version, 1 voided, 2 a duplicate, 3 withdrawn
intents_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT u.log, u.idx, MIN(u.rank)
    FROM (
        SELECT x.log, x.idx,
               CASE WHEN g.superseded = 1 OR EXISTS (
                   SELECT 1 FROM intent_agreement_signed later
                   WHERE later.programme = x.programme AND later.agreement = x.agreement
                     AND later.subject = x.subject AND later.log || '' = x.log AND later.idx > x.idx
                     AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
               ) THEN 0 ELSE 1 END AS rank
        FROM gone g
        CROSS JOIN intent_agreement_signed x
        WHERE x.log = g.log AND x.idx = g.entry
        UNION ALL
        SELECT d.log, d.idx, 2
        FROM (
            SELECT x.log, x.idx,
                   ROW_NUMBER() OVER (PARTITION BY x.programme, x.agreement
                                      ORDER BY x.recorded, x.log, x.idx) AS nth
            FROM repeated_intents d
            CROSS JOIN intent_agreement_signed x
            LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
            WHERE x.programme = d.programme AND x.agreement = d.agreement
              AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
              AND x.signed_day <= :to_day
        ) d
        WHERE d.nth > 1
        UNION ALL
        SELECT x.log, x.idx, 3
        FROM intent_agreement_withdrawn w
        CROSS JOIN intent_agreement_signed x
        LEFT JOIN gone g ON g.entry = w.idx AND g.log = w.log
        WHERE x.programme = w.programme AND x.agreement = w.agreement
          AND x.subject = w.subject AND x.log || '' = w.log
          AND w.idx < (SELECT cut.size FROM cut WHERE cut.log = w.log) AND g.entry IS NULL
          AND w.programme = COALESCE(CAST(:programme AS TEXT), w.programme)
          AND w.withdrawn_day <= :to_day
    ) u
    GROUP BY u.log, u.idx
),
intents(log, idx, subject, person, reason) AS (
    SELECT x.log, x.idx, x.subject, COALESCE(m.root, x.person),
           CASE u.rank WHEN 1 THEN 'voided' WHEN 2 THEN 'duplicate_number' WHEN 3 THEN 'withdrawn' END
    FROM intent_agreement_signed x
    LEFT JOIN intents_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.signed_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.signed_day) AND :to_day
),

-- 劳动合同、劳务协议 ---------------------------------------------------------------------------------

repeated_contracts(programme, agreement, kind) AS (
    SELECT x.programme, x.agreement, x.kind
    FROM contract_signed x
    WHERE x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
    GROUP BY x.programme, x.agreement, x.kind
    HAVING COUNT(*) > 1
),
-- 0 a version, 1 voided, 2 a duplicate, 3 withdrawn
contracts_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT u.log, u.idx, MIN(u.rank)
    FROM (
        SELECT x.log, x.idx,
               CASE WHEN g.superseded = 1 OR EXISTS (
                   SELECT 1 FROM contract_signed later
                   WHERE later.programme = x.programme AND later.agreement = x.agreement
                     AND later.subject = x.subject AND later.log || '' = x.log AND later.idx > x.idx
                     AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
               ) THEN 0 ELSE 1 END AS rank
        FROM gone g
        CROSS JOIN contract_signed x
        WHERE x.log = g.log AND x.idx = g.entry
        UNION ALL
        SELECT d.log, d.idx, 2
        FROM (
            SELECT x.log, x.idx,
                   ROW_NUMBER() OVER (PARTITION BY x.programme, x.agreement, x.kind
                                      ORDER BY x.recorded, x.log, x.idx) AS nth
            FROM repeated_contracts d
            CROSS JOIN contract_signed x
            LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
            WHERE x.programme = d.programme AND x.agreement = d.agreement AND x.kind = d.kind
              AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
              AND x.signed_day <= :to_day
        ) d
        WHERE d.nth > 1
        UNION ALL
        SELECT x.log, x.idx, 3
        FROM contract_withdrawn w
        CROSS JOIN contract_signed x
        LEFT JOIN gone g ON g.entry = w.idx AND g.log = w.log
        WHERE x.programme = w.programme AND x.agreement = w.agreement
          AND x.subject = w.subject AND x.log || '' = w.log
          AND w.idx < (SELECT cut.size FROM cut WHERE cut.log = w.log) AND g.entry IS NULL
          AND w.programme = COALESCE(CAST(:programme AS TEXT), w.programme)
          AND w.withdrawn_day <= :to_day
    ) u
    GROUP BY u.log, u.idx
),
contracts(log, idx, subject, person, kind, reason, template) AS (
    SELECT x.log, x.idx, x.subject, COALESCE(m.root, x.person), x.kind,
           CASE u.rank WHEN 1 THEN 'voided' WHEN 2 THEN 'duplicate_number' WHEN 3 THEN 'withdrawn' END,
           x.template
    FROM contract_signed x
    LEFT JOIN contracts_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.signed_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.signed_day) AND :to_day
),

-- 上岗 ---------------------------------------------------------------------------------------

-- live ends of work, whichever spell they end
ends(log, subject, programme, person, employer, started_day, ended_day, ended_month) AS MATERIALIZED (
    SELECT x.log, x.subject, x.programme, x.person, x.employer, x.started_day, x.ended_day,
           CAST(substr(x.ended_on, 1, 4) AS INTEGER) * 12 + CAST(substr(x.ended_on, 6, 2) AS INTEGER) - 1
    FROM employment_ended x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.ended_day <= :to_day
),
-- the spells they end
ended(log, idx, ended_month, ended_day) AS (
    SELECT x.log, x.idx, MIN(e.ended_month), MIN(e.ended_day)
    FROM ends e
    CROSS JOIN employment_started x
    WHERE x.person = e.person AND x.subject = e.subject AND x.log || '' = e.log
    GROUP BY x.log, x.idx
),
-- 重新上岗: starts at most 30 days after an end at the same employer, the work that ended having been
-- no internship. The later start names the person by the same reference, or by another one
returns(log, idx, before_log, before_subject, before_person) AS (
    SELECT x.log, x.idx, e.log, e.subject, e.person
    FROM ends e
    CROSS JOIN employment_started x
    WHERE x.person = e.person AND x.employer = e.employer AND x.programme = e.programme
      AND x.started_day BETWEEN e.ended_day AND e.ended_day + 30 AND x.started_day > e.started_day
    UNION ALL
    SELECT x.log, x.idx, e.log, e.subject, e.person
    FROM known_as was
    CROSS JOIN known_as other
    CROSS JOIN ends e
    CROSS JOIN employment_started x
    WHERE other.root = was.root AND other.person <> was.person
      AND e.person = was.person
      AND x.person = other.person AND x.employer = e.employer AND x.programme = e.programme
      AND x.started_day BETWEEN e.ended_day AND e.ended_day + 30 AND x.started_day > e.started_day
),
rejoined(log, idx) AS (
    SELECT r.log, r.idx
    FROM returns r
    CROSS JOIN employment_started x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.person = r.before_person AND x.subject = r.before_subject AND x.log || '' = r.before_log
      AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND COALESCE(x.kind, '') <> 'internship'
    GROUP BY r.log, r.idx
),
-- 0 a version, 1 voided
spells_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM employment_started later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END)
    FROM gone g
    CROSS JOIN employment_started x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
-- every live or voided spell begun on or before `to_day`, whatever the window and the region
spells(
    log, idx, subject, programme, region, person, kind, started_day, started_month, work_region, voided, employer
) AS (
    SELECT x.log, x.idx, x.subject, x.programme, x.region, COALESCE(m.root, x.person), COALESCE(x.kind, ''),
           x.started_day,
           CAST(substr(x.started_on, 1, 4) AS INTEGER) * 12 + CAST(substr(x.started_on, 6, 2) AS INTEGER) - 1,
           x.work_region, COALESCE(u.rank, 0), x.employer
    FROM employment_started x
    LEFT JOIN spells_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.started_day <= :to_day
),
starts(log, idx, subject, person, region, work_region, reason, programme, started_day, kind) AS (
    SELECT s.log, s.idx, s.subject, s.person, s.region, s.work_region,
           CASE WHEN s.voided = 1 THEN 'voided'
                WHEN s.kind = 'internship' THEN 'internship'
                WHEN r.idx IS NOT NULL THEN 'rejoined' END,
           s.programme, s.started_day, s.kind
    FROM spells s
    LEFT JOIN rejoined r ON r.idx = s.idx AND r.log = s.log
    WHERE s.started_day >= COALESCE(CAST(:from_day AS INTEGER), s.started_day)
      AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),

-- 在岗月数: months in which a person had an open spell of work, no internship ---------------------

-- the months of the first and the last day (from the calendar's 400-year cycle); month 2025-03 is 2025 * 12 + 2
window_days(bound, day) AS (
    SELECT 'from', CAST(:from_day AS INTEGER) + 719468 UNION ALL SELECT 'to', CAST(:to_day AS INTEGER) + 719468
),
window_years(bound, cycle, day, year) AS (
    SELECT d.bound, d.day / 146097, d.day % 146097,
           (d.day % 146097 - d.day % 146097 / 1460 + d.day % 146097 / 36524 - d.day % 146097 / 146096) / 365
    FROM window_days d
),
window_months(from_month, to_month) AS (
    SELECT MAX(CASE WHEN b.bound = 'from' THEN b.month END), MAX(CASE WHEN b.bound = 'to' THEN b.month END)
    FROM (
        SELECT y.bound,
               (y.cycle * 400 + y.year) * 12 + 2
               + (5 * (y.day - y.year * 365 - y.year / 4 + y.year / 100) + 2) / 153 AS month
        FROM window_years y
    ) b
),
spans(person, first_month, last_month) AS (
    SELECT s.person,
           CASE WHEN s.started_month < w.from_month THEN w.from_month ELSE s.started_month END,
           COALESCE(e.ended_month, w.to_month)
    FROM spells s
    CROSS JOIN window_months w
    LEFT JOIN ended e ON e.idx = s.idx AND e.log = s.log
    WHERE s.voided = 0 AND s.kind <> 'internship'
      AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),
person_months_at_work(person_months) AS (
    SELECT COALESCE(CAST(SUM(CASE WHEN p.last_month <= p.known_to THEN 0
                                  WHEN p.first_month <= p.known_to THEN p.last_month - p.known_to
                                  ELSE p.last_month - p.first_month + 1 END) AS BIGINT), 0)
    FROM (
        SELECT spans.first_month, spans.last_month,
               COALESCE(MAX(spans.last_month) OVER (
                   PARTITION BY spans.person ORDER BY spans.first_month, spans.last_month
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS known_to
        FROM spans
        WHERE spans.last_month >= spans.first_month
    ) p
),

-- 回访 ---------------------------------------------------------------------------------------

-- 0 a version, 1 voided
visits_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN x.superseded = 1 OR EXISTS (
               SELECT 1 FROM visit_completed later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) OR EXISTS (
               SELECT 1 FROM visit_attempted later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END)
    FROM (
        SELECT c.log, c.idx, c.subject, c.person, g.superseded
        FROM gone g CROSS JOIN visit_completed c WHERE c.log = g.log AND c.idx = g.entry
        UNION ALL
        SELECT a.log, a.idx, a.subject, a.person, g.superseded
        FROM gone g CROSS JOIN visit_attempted a WHERE a.log = g.log AND a.idx = g.entry
    ) x
    GROUP BY x.log, x.idx
),
-- every live or voided visit up to `to_day`, whatever the window and the region. `state`: working or
-- left, as answered; no_contact (失联): nobody could be reached
visits(log, idx, subject, programme, region, person, visited_day, state, voided) AS (
    SELECT x.log, x.idx, x.subject, x.programme, x.region, COALESCE(m.root, x.person), x.visited_day, x.state,
           COALESCE(u.rank, 0)
    FROM (
        SELECT c.log, c.idx, c.subject, c.programme, c.region, c.person, c.visited_day, c.state
        FROM visit_completed c
        UNION ALL
        SELECT a.log, a.idx, a.subject, a.programme, a.region, a.person, a.visited_day, 'no_contact'
        FROM visit_attempted a
    ) x
    LEFT JOIN visits_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.visited_day <= :to_day
),
-- of each person and programme the latest visit, and the latest that found nobody or heard they had left;
-- visits of one day by index (day * 2^40 + idx)
last_visits(programme, person, latest, no_contact, gone) AS (
    SELECT v.programme, v.person, MAX(v.visited_day * 1099511627776 + v.idx),
           MAX(CASE WHEN v.state = 'no_contact' THEN v.visited_day * 1099511627776 + v.idx END),
           MAX(CASE WHEN v.state = 'left' THEN v.visited_day * 1099511627776 + v.idx END)
    FROM visits v
    WHERE v.voided = 0
    GROUP BY v.person, v.programme
),
-- 在岗: how each spell in the region stands on `to_day`, internships apart: 1 open, 2 ended, 3 the latest
-- visit since its start found nobody, 4 it heard that they had left, 5 voided
at_work(log, idx, programme, person, employer, rank) AS (
    SELECT s.log, s.idx, s.programme, s.person, s.employer,
           CASE WHEN s.voided = 1 THEN 5
                WHEN e.idx IS NOT NULL THEN 2
                WHEN v.no_contact = v.latest AND v.latest >= s.started_day * 1099511627776 THEN 3
                WHEN v.gone = v.latest AND v.latest >= s.started_day * 1099511627776 THEN 4
                ELSE 1 END
    FROM spells s
    LEFT JOIN ended e ON e.idx = s.idx AND e.log = s.log
    LEFT JOIN last_visits v ON v.person = s.person AND v.programme = s.programme
    WHERE s.kind <> 'internship'
      AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),

-- 工资 ---------------------------------------------------------------------------------------

-- 0 a version, 1 voided
wages_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM wage_observed later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END)
    FROM gone g
    CROSS JOIN wage_observed x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
-- wages of months in the window, seen by `to_day`. `proof`: 5 社保, 4 银行流水, 3 工资条, 2 单位证明,
-- 1 本人口述, 0 none
wages(log, idx, programme, person, month, month_no, wage_fen, proof, voided) AS MATERIALIZED (
    SELECT x.log, x.idx, x.programme, COALESCE(m.root, x.person), x.month, x.month_no, x.wage_fen,
           CASE x.proof WHEN 'social_insurance' THEN 5 WHEN 'bank' THEN 4 WHEN 'payslip' THEN 3
                        WHEN 'employer_letter' THEN 2 WHEN 'self_report' THEN 1 ELSE 0 END,
           COALESCE(u.rank, 0)
    FROM wage_observed x
    CROSS JOIN window_months w
    LEFT JOIN wages_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.month_no BETWEEN COALESCE(w.from_month, x.month_no) AND w.to_month
      AND x.observed_day <= :to_day
),
-- all work of those who were ever in an internship
interns_work(programme, person, kind, started_month, ended_month) AS MATERIALIZED (
    SELECT s.programme, s.person, s.kind, s.started_month, e.ended_month
    FROM spells s
    LEFT JOIN ended e ON e.idx = s.idx AND e.log = s.log
    WHERE s.voided = 0
      AND s.person IN (SELECT COALESCE(m.root, x.person)
                       FROM employment_started x
                       LEFT JOIN merged m ON m.person = x.person
                       WHERE x.kind = 'internship')
),
-- months in which a person was in an internship and in no other work
internship_months(programme, person, month_no) AS (
    SELECT o.programme, o.person, o.month_no
    FROM wages o
    CROSS JOIN interns_work w
    WHERE w.person = o.person AND w.programme = o.programme
      AND w.started_month <= o.month_no AND o.month_no <= COALESCE(w.ended_month, o.month_no)
    GROUP BY o.programme, o.person, o.month_no
    HAVING MIN(CASE WHEN w.kind = 'internship' THEN 1 ELSE 0 END) = 1
),

-- 问题 ---------------------------------------------------------------------------------------

-- 0 a version, 1 voided
issues_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM issue_opened later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END)
    FROM gone g
    CROSS JOIN issue_opened x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
resolutions(log, subject, resolved_day) AS (
    SELECT x.log, x.subject, MIN(x.resolved_day)
    FROM issue_resolved x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.resolved_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.resolved_day) AND :to_day
    GROUP BY x.log, x.subject
),
-- 办结: issues resolved in the window, whenever they were opened
resolved_issues(log, idx, subject, person, kind, days, voided) AS (
    SELECT x.log, x.idx, x.subject, COALESCE(m.root, x.person), x.kind, r.resolved_day - x.opened_day,
           COALESCE(u.rank, 0)
    FROM resolutions r
    CROSS JOIN issue_opened x
    LEFT JOIN issues_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.subject = r.subject AND x.log || '' = r.log
      AND x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),

-- 推荐 ---------------------------------------------------------------------------------------

-- live referrals, whatever the region
referrals(programme, person, referred_day) AS (
    SELECT x.programme, COALESCE(m.root, x.person), x.referred_day
    FROM referral_made x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.referred_day <= :to_day
),
-- counted completions with the days to the first referral within 60 days after them; none: NULL
completions_referred(log, idx, subject, person, days) AS (
    SELECT c.log, c.idx, MIN(c.subject), MIN(c.person), MIN(r.referred_day - c.ended_day)
    FROM completions c
    LEFT JOIN referrals r
      ON r.person = c.person AND r.programme = c.programme
     AND r.referred_day BETWEEN c.ended_day AND c.ended_day + 60
    WHERE c.reason IS NULL
    GROUP BY c.log, c.idx
),

-- 用人单位 -------------------------------------------------------------------------------------

-- 0 a version, 1 voided
registrations_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM employer_registered later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END)
    FROM gone g
    CROSS JOIN employer_registered x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
closings(log, subject) AS (
    SELECT x.log, x.subject
    FROM employer_closed x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.closed_day <= :to_day
    GROUP BY x.log, x.subject
),
-- every registration up to `to_day`, whatever the region: 1 open, 2 closed by then, 3 voided
registrations(log, idx, recorded, programme, region, employer, mode, rank) AS (
    SELECT x.log, x.idx, x.recorded, x.programme, x.region, x.employer, x.mode,
           CASE WHEN u.rank = 1 THEN 3 WHEN c.subject IS NOT NULL THEN 2 ELSE 1 END
    FROM employer_registered x
    LEFT JOIN registrations_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN closings c ON c.subject = x.subject AND c.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.registered_day <= :to_day
),
-- how an employer does business (经营模式): as the first live registration that says so
modes(programme, employer, mode) AS (
    SELECT r.programme, r.employer, r.mode
    FROM (
        SELECT g.programme, g.employer, g.mode,
               ROW_NUMBER() OVER (PARTITION BY g.programme, g.employer ORDER BY g.recorded, g.log, g.idx) AS nth
        FROM registrations g
        WHERE g.rank < 3 AND g.mode IS NOT NULL
    ) r
    WHERE r.nth = 1
),

-- 活动 ---------------------------------------------------------------------------------------

-- 0 a version, 1 voided
activities_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM activity_held later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END)
    FROM gone g
    CROSS JOIN activity_held x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
-- activities begun in the window, their numbers as stated
activities(log, idx, subject, kind, series, attendances, attendees, teams, awards, voided) AS (
    SELECT x.log, x.idx, x.subject, x.kind, x.series, x.attendances, x.attendees, x.teams, x.awards,
           COALESCE(u.rank, 0)
    FROM activity_held x
    LEFT JOIN activities_set_aside u ON u.idx = x.idx AND u.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.started_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.started_day) AND :to_day
),

-- 机构场所 -------------------------------------------------------------------------------------

-- 0 a version, 1 voided, 2 closed
sites_set_aside(log, idx, rank) AS MATERIALIZED (
    SELECT u.log, u.idx, MIN(u.rank)
    FROM (
        SELECT x.log, x.idx,
               CASE WHEN g.superseded = 1 OR EXISTS (
                   SELECT 1 FROM facility_recognised later
                   WHERE later.subject = x.subject AND later.log || '' = x.log
                     AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
               ) THEN 0 ELSE 1 END AS rank
        FROM gone g
        CROSS JOIN facility_recognised x
        WHERE x.log = g.log AND x.idx = g.entry
        UNION ALL
        SELECT x.log, x.idx, 2
        FROM facility_closed c
        CROSS JOIN facility_recognised x
        LEFT JOIN gone g ON g.entry = c.idx AND g.log = c.log
        WHERE x.subject = c.subject AND x.log || '' = c.log
          AND c.idx < (SELECT cut.size FROM cut WHERE cut.log = c.log) AND g.entry IS NULL
          AND c.programme = COALESCE(CAST(:programme AS TEXT), c.programme)
          AND c.closed_day <= :to_day
    ) u
    GROUP BY u.log, u.idx
),
-- sites recognised on or before `to_day`
sites(log, idx, subject, kind, title, level, capacity_places, reason) AS (
    SELECT x.log, x.idx, x.subject, x.kind, x.title, x.level, x.capacity_places,
           CASE u.rank WHEN 1 THEN 'voided' WHEN 2 THEN 'closed' END
    FROM facility_recognised x
    LEFT JOIN sites_set_aside u ON u.idx = x.idx AND u.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.recognised_day <= :to_day
)
