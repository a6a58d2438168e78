-- id: outcome_ladder
-- name_zh: 成效阶梯（结业人员）
-- name_en: Outcome ladder of those who completed
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: failed, withdrawn, duplicate_class, voided
-- base_reasons:
-- splits: agreement = yes, no; contract = with_agreement, without_agreement, no; started = yes, before, no;
--   d30 = yes, no, not_yet_known, unknown, not_reached; d90 = yes, no, not_yet_known, unknown, not_reached;
--   d180 = yes, no, not_yet_known, unknown, not_reached; wage_proven = yes, no, not_reached
-- rule_zh: 期内结业合格的人为一个队列，到截止日走到哪一级。协议、合同：现存有效（合同是否另有意向协议分列，不是包含关系）。
--   上岗：结业当日或之后第一次上岗（非实习）；只在结业之前上岗的为 before。30、90、180 天：这次上岗满该天数仍在岗，
--   规则同 retained_d30 等；未上岗者为 not_reached。工资有凭证：满 180 天，且有上岗以来工资条及以上凭证的工资。
--   尚不知道与不详分列，不算“否”。
-- rule_en: One cohort, the persons with a counted completion in the window, and how far each has come on `to`.
--   Agreement, contract: live (contracts apart by whether there is an intent agreement too; neither set holds the
--   other). Started: the first start, internships apart, on or after the completion; `before`: there are earlier
--   ones only. D30, D90, D180: that work lasted, as retained_d30 and the others decide; not_reached: not started.
--   Wage proven: D180 and a wage since the start, by pay slip or better. Not yet known and unknown stand apart
--   and are never "no".

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place),
-- and the day of the first counted completion
WITH cohort AS MATERIALIZED (
    SELECT f.person,
           MIN(CASE f.reason WHEN 'failed' THEN 2 WHEN 'withdrawn' THEN 3 WHEN 'duplicate_class' THEN 4
                             WHEN 'voided' THEN 5 ELSE 1 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = f.log) * 1099511627776 + f.idx) AS best,
           MIN(CASE WHEN f.reason IS NULL THEN f.ended_day END) AS completed_day
    FROM completions f
    GROUP BY f.person
),
-- facts of the cohort wherever and whenever they were stated: region and window are those of the completion
agreed AS MATERIALIZED (
    SELECT DISTINCT COALESCE(m.root, x.person) AS person
    FROM intent_agreement_signed x
    LEFT JOIN intents_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND u.rank IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.signed_day <= :to_day
),
contracted AS MATERIALIZED (
    SELECT DISTINCT COALESCE(m.root, x.person) AS person
    FROM contract_signed x
    LEFT JOIN contracts_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND u.rank IS NULL
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.signed_day <= :to_day
),
-- every live spell of the cohort, with the day on which the person's next one began
work AS MATERIALIZED (
    SELECT s.log, s.idx, s.person, s.programme, s.kind, s.started_day, s.started_month, c.completed_day,
           MIN(s.started_day) OVER (PARTITION BY s.person, s.programme ORDER BY s.started_day
                                    RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_day
    FROM spells s
    CROSS JOIN cohort c
    WHERE c.person = s.person AND s.voided = 0
),
first_starts AS MATERIALIZED (
    SELECT ranked.person, ranked.programme, ranked.log, ranked.idx, ranked.started_day, ranked.started_month,
           ranked.next_day
    FROM (
        SELECT w.*, ROW_NUMBER() OVER (PARTITION BY w.person ORDER BY w.started_day, w.log, w.idx) AS nth
        FROM work w
        WHERE w.kind <> 'internship' AND w.started_day >= w.completed_day
    ) ranked
    WHERE ranked.nth = 1
),
started_before AS (
    SELECT DISTINCT w.person FROM work w WHERE w.kind <> 'internship' AND w.started_day < w.completed_day
),
at_work_then AS MATERIALIZED (
    SELECT v.programme, v.person, v.visited_day
    FROM visits v
    WHERE v.voided = 0 AND v.state = 'working'
),
-- the last day on which a visit found the person in this work
found AS (
    SELECT f.person, MAX(v.visited_day) AS last_day
    FROM first_starts f
    CROSS JOIN at_work_then v
    WHERE v.person = f.person AND v.programme = f.programme
      AND v.visited_day >= f.started_day AND v.visited_day < COALESCE(f.next_day, v.visited_day + 1)
    GROUP BY f.person
),
proven_months AS MATERIALIZED (
    SELECT COALESCE(m.root, x.person) AS person, x.programme, x.month_no
    FROM wage_observed x
    LEFT JOIN wages_set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND u.rank IS NULL AND x.observed_day <= :to_day
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND x.proof IN ('social_insurance', 'bank', 'payslip')
),
proven AS (
    SELECT DISTINCT f.person
    FROM first_starts f
    CROSS JOIN proven_months w
    WHERE w.person = f.person AND w.programme = f.programme AND w.month_no >= f.started_month
),
-- how long the work is known to have lasted, and whether it is known to have ended
lasted AS (
    SELECT f.person, f.started_day, v.last_day - f.started_day AS seen_days, e.ended_day - f.started_day AS ended_days
    FROM first_starts f
    LEFT JOIN ended e ON e.idx = f.idx AND e.log = f.log
    LEFT JOIN found v ON v.person = f.person
),
judged AS (
    SELECT c.person, c.best,
           CASE WHEN a.person IS NULL THEN 'no' ELSE 'yes' END AS agreement,
           CASE WHEN k.person IS NULL THEN 'no' WHEN a.person IS NULL THEN 'without_agreement'
                ELSE 'with_agreement' END AS contract,
           CASE WHEN l.person IS NOT NULL THEN 'yes' WHEN b.person IS NOT NULL THEN 'before' ELSE 'no' END AS started,
           CASE WHEN l.person IS NULL THEN 'not_reached'
                WHEN l.ended_days > 30 OR l.seen_days >= 30 THEN 'yes'
                WHEN l.ended_days <= 30 THEN 'no'
                WHEN :to_day <= l.started_day + 30 + 60 THEN 'not_yet_known' ELSE 'unknown' END AS d30,
           CASE WHEN l.person IS NULL THEN 'not_reached'
                WHEN l.ended_days > 90 OR l.seen_days >= 90 THEN 'yes'
                WHEN l.ended_days <= 90 THEN 'no'
                WHEN :to_day <= l.started_day + 90 + 60 THEN 'not_yet_known' ELSE 'unknown' END AS d90,
           CASE WHEN l.person IS NULL THEN 'not_reached'
                WHEN l.ended_days > 180 OR l.seen_days >= 180 THEN 'yes'
                WHEN l.ended_days <= 180 THEN 'no'
                WHEN :to_day <= l.started_day + 180 + 60 THEN 'not_yet_known' ELSE 'unknown' END AS d180,
           p.person AS proven
    FROM cohort c
    LEFT JOIN agreed a ON a.person = c.person
    LEFT JOIN contracted k ON k.person = c.person
    LEFT JOIN lasted l ON l.person = c.person
    LEFT JOIN started_before b ON b.person = c.person
    LEFT JOIN proven p ON p.person = c.person
)
SELECT j.person AS key, j.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE j.best / 4503599627370496 WHEN 2 THEN 'failed' WHEN 3 THEN 'withdrawn' WHEN 4 THEN 'duplicate_class'
                                      WHEN 5 THEN 'voided' END AS reason,
       l.log, j.best % 1099511627776 AS idx,
       j.agreement, j.contract, j.started, j.d30, j.d90, j.d180,
       CASE WHEN j.d180 <> 'yes' THEN 'not_reached' WHEN j.proven IS NULL THEN 'no' ELSE 'yes' END AS wage_proven
FROM judged j
LEFT JOIN numbered l ON l.n = j.best / 1099511627776 % 4096
