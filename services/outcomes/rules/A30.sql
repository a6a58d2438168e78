-- id: A30
-- name_zh: 工资凭证与在岗单位不符
-- name_en: Employment and wage from different employers
-- version: 1
-- source: TAC-17-04: one source for a month
-- cases: other_employer W
-- zh.other_employer: {month} 的工资凭证出自 {employer}，而当月在岗的单位是 {other_employer}
-- en.other_employer: the proof of pay for {month} is from {employer}, while the work of that month is with
--   {other_employer}
-- facts: month, employer, other_employer
-- figures: mean_monthly_wage
-- rule_zh: 有凭证（社保、银行流水、工资条）的工资，其单位不是此人当月在岗的任何单位。
-- rule_en: A wage with proof (social insurance, bank, slip) from an employer that is none of those the person
--   worked for in that month.

WITH met AS (
    SELECT w.subject, w.person, w.programme, w.region, w.log, w.idx, w.month, w.employer,
           s.employer AS other_employer, s.log AS log2, s.idx AS idx2,
           MAX(CASE WHEN s.employer = w.employer OR s.employer_name = w.employer THEN 1 ELSE 0 END)
               OVER (PARTITION BY w.log, w.idx) AS agrees,
           ROW_NUMBER() OVER (PARTITION BY w.log, w.idx ORDER BY s.started_day DESC, s.log, s.idx) AS nth
    FROM live_observed_wages w
    JOIN live_spells s ON s.person = w.person
    WHERE w.employer IS NOT NULL AND w.proof IN ('social_insurance', 'bank', 'payslip')
      AND s.started_month <= w.month_no AND COALESCE(s.ended_month, w.month_no) >= w.month_no
)
SELECT m.subject AS key, m.person, m.programme, m.region, 'other_employer' AS finding, m.log, m.idx, m.log2, m.idx2,
       m.month, m.employer, m.other_employer
FROM met m
WHERE m.agrees = 0 AND m.nth = 1
