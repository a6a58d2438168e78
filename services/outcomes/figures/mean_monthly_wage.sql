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

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM wage_observed later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN wage_observed x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
observed AS MATERIALIZED (
    SELECT x.log, x.idx, x.programme, x.month, x.month_no, x.wage_fen, COALESCE(m.root, x.person) AS person,
           CASE WHEN u.rank = 1 THEN 3
                WHEN CASE x.proof WHEN 'social_insurance' THEN 5 WHEN 'bank' THEN 4 WHEN 'payslip' THEN 3
                                  WHEN 'employer_letter' THEN 2 WHEN 'self_report' THEN 1 ELSE 0 END
                     >= CASE CAST(:min_proof AS TEXT) WHEN 'social_insurance' THEN 5 WHEN 'bank' THEN 4
                                                      WHEN 'payslip' THEN 3 WHEN 'employer_letter' THEN 2 ELSE 1 END
                THEN 1 ELSE 2 END AS rank
    FROM wage_observed x
    CROSS JOIN window_months w
    LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.month_no BETWEEN COALESCE(w.from_month, x.month_no) AND w.to_month
      AND x.observed_day <= :to_day
),
-- all work of those who were ever in an internship
worked AS MATERIALIZED (
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
internship_months AS (
    SELECT o.programme, o.person, o.month_no
    FROM observed o
    CROSS JOIN worked w
    WHERE w.person = o.person AND w.programme = o.programme
      AND w.started_month <= o.month_no AND o.month_no <= COALESCE(w.ended_month, o.month_no)
    GROUP BY o.programme, o.person, o.month_no
    HAVING MIN(CASE WHEN w.kind = 'internship' THEN 1 ELSE 0 END) = 1
),
ranked AS (
    SELECT o.log, o.idx, o.person, o.month, o.wage_fen, o.rank,
           ROW_NUMBER() OVER (PARTITION BY o.person, o.month_no ORDER BY o.rank, o.wage_fen, o.log, o.idx) AS nth
    FROM observed o
    LEFT JOIN internship_months i
      ON i.person = o.person AND i.month_no = o.month_no AND i.programme = o.programme
    WHERE i.person IS NULL
)
SELECT r.person || '/' || r.month AS key, r.person, r.wage_fen AS value,
       CASE WHEN r.rank = 1 THEN 1 ELSE 0 END AS counted,
       CASE r.rank WHEN 2 THEN 'weaker_proof' WHEN 3 THEN 'voided' END AS reason, r.log, r.idx
FROM ranked r
WHERE r.nth = 1
