-- id: mean_monthly_wage
-- name_zh: 月均工资
-- name_en: Mean monthly wage
-- unit: fen per month
-- member: person-month
-- kind: flow
-- measure: mean
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to, min_proof
-- min_proof: social_insurance 社保 | bank 银行流水 | payslip 工资条 (default)
--   | employer_letter 单位证明 | self_report 本人口述
-- exclusions: weaker_proof, voided
-- base_reasons:
-- coverage: person_months_at_work
-- rule_zh: 期内各月（人×月）实发工资的平均数，四舍五入到分。
--   凭证不低于 min_proof（社保 > 银行流水 > 工资条 > 单位证明 > 本人口述）；同月多条取最低；
--   只在实习的月份不算。覆盖率 = 计入人月 ÷ 在岗人月。
-- rule_en: Mean of the wages paid over person-months in the window, half up to the fen, observed on
--   or before `to`. Proof at or above min_proof (social_insurance > bank > payslip > employer_letter >
--   self_report); of several in one month the least; months spent in an internship alone are left aside.
--   Coverage = person-months counted / person-months with an open spell of work.

-- 1 counted, 2 weaker proof, 3 voided
WITH judged AS (
    SELECT o.log, o.idx, o.programme, o.person, o.month, o.month_no, o.wage_fen,
           CASE WHEN o.voided = 1 THEN 3
                WHEN o.proof >= CASE CAST(:min_proof AS TEXT) WHEN 'social_insurance' THEN 5 WHEN 'bank' THEN 4
                                                              WHEN 'payslip' THEN 3 WHEN 'employer_letter' THEN 2
                                                              ELSE 1 END
                THEN 1 ELSE 2 END AS rank
    FROM wages o
),
ranked AS (
    SELECT o.log, o.idx, o.person, o.month, o.wage_fen, o.rank,
           ROW_NUMBER() OVER (PARTITION BY o.person, o.month_no ORDER BY o.rank, o.wage_fen, o.log, o.idx) AS nth
    FROM judged o
    LEFT JOIN internship_months i
      ON i.person = o.person AND i.month_no = o.month_no AND i.programme = o.programme
    WHERE i.person IS NULL
)
SELECT r.person || '/' || r.month AS key, r.person, r.wage_fen AS value,
       CASE WHEN r.rank = 1 THEN 1 ELSE 0 END AS counted,
       CASE r.rank WHEN 2 THEN 'weaker_proof' WHEN 3 THEN 'voided' END AS reason, r.log, r.idx
FROM ranked r
WHERE r.nth = 1
