-- id: A37
-- name_zh: 本人口述与记录不符
-- name_en: What the person says contradicts the records
-- version: 1
-- source: TAC: self-report against records
-- thresholds: differ_percent = 20 工资差异（%） | percent by which wages may differ
-- cases: wage W, employer W
-- zh.wage: 本人口述 {month} 工资 {wage_fen} 元，记录为 {other_fen} 元
-- en.wage: the person says {wage_fen} yuan for {month}, the records say {other_fen}
-- zh.employer: {visited_on} 回访称在 {employer}，当日在岗记录为 {other_employer}
-- en.employer: on {visited_on} the person said they work for {employer}; the work on record is with {other_employer}
-- facts: month, wage_fen, other_fen, visited_on, employer, other_employer
-- figures: mean_monthly_wage, visits_completed
-- rule_zh: 口述工资与同月有凭证的工资相差 differ_percent% 以上；回访所称单位与当日在岗的任何单位都不同。
-- rule_en: A wage by word of mouth that differs by more than differ_percent from the least proven wage of that
--   month; or a visit that names an employer which is none of those the person worked for on that day.

WITH proven AS (
    SELECT w.person, w.month_no, w.log, w.idx, w.wage_fen,
           ROW_NUMBER() OVER (PARTITION BY w.person, w.month_no ORDER BY w.wage_fen, w.log, w.idx) AS nth
    FROM live_observed_wages w
    WHERE w.proof IN ('social_insurance', 'bank', 'payslip')
),
met AS (
    SELECT v.subject, v.person, v.programme, v.region, v.log, v.idx, v.visited_on, v.employer,
           s.employer AS other_employer, s.log AS log2, s.idx AS idx2,
           MAX(CASE WHEN s.employer = v.employer OR s.employer_name = v.employer THEN 1 ELSE 0 END)
               OVER (PARTITION BY v.log, v.idx) AS agrees,
           ROW_NUMBER() OVER (PARTITION BY v.log, v.idx ORDER BY s.started_day DESC, s.log, s.idx) AS nth
    FROM live_visits v
    JOIN live_spells s ON s.person = v.person
    WHERE v.state = 'working' AND v.employer IS NOT NULL
      AND s.started_day <= v.visited_day AND COALESCE(s.ended_day, v.visited_day) >= v.visited_day
)
SELECT w.subject AS key, w.person, w.programme, w.region, 'wage' AS finding, w.log, w.idx, p.log AS log2, p.idx AS idx2,
       w.month, w.wage_fen, p.wage_fen AS other_fen, CAST(NULL AS TEXT) AS visited_on, CAST(NULL AS TEXT) AS employer, CAST(NULL AS TEXT) AS other_employer
FROM live_observed_wages w
JOIN proven p ON p.person = w.person AND p.month_no = w.month_no AND p.nth = 1
WHERE w.proof = 'self_report'
  AND (w.wage_fen * 100 > p.wage_fen * (100 + :differ_percent) OR w.wage_fen * 100 < p.wage_fen * (100 - :differ_percent))
UNION ALL
SELECT m.subject, m.person, m.programme, m.region, 'employer', m.log, m.idx, m.log2, m.idx2,
       CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), m.visited_on, m.employer, m.other_employer
FROM met m
WHERE m.agrees = 0 AND m.nth = 1
