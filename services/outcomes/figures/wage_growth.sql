-- id: wage_growth
-- name_zh: 工资增长
-- name_en: Wage growth
-- unit: %
-- member: person
-- kind: flow
-- measure: growth
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to, min_proof
-- min_proof: social_insurance 社保 | bank 银行流水 | payslip 工资条 (default)
--   | employer_letter 单位证明 | self_report 本人口述
-- exclusions: months_too_close
-- base_reasons:
-- details: first_fen, last_fen, days
-- over: first_fen
-- rule_zh: 期内有两个相隔 90 天以上、凭证不低于 min_proof 的月份的人，末月工资合计比首月工资合计增长的比例
--   （同一批人）。同月多条取最低；只在实习的月份不算。相隔天数按两个月的一日计。
-- rule_en: Of persons with two months in the window at least 90 days apart (first days of the months) whose wages
--   are proven at or above min_proof: by how much the wages of their last such months exceed those of their first,
--   one cohort. Of several in one month the least; months spent in an internship alone are left aside.

-- the least proven wage of each person-month
WITH proven AS (
    SELECT o.log, o.idx, o.person, o.month_no, o.wage_fen,
           ROW_NUMBER() OVER (PARTITION BY o.person, o.month_no ORDER BY o.wage_fen, o.log, o.idx) AS nth
    FROM wages o
    LEFT JOIN internship_months i
      ON i.person = o.person AND i.month_no = o.month_no AND i.programme = o.programme
    WHERE i.person IS NULL AND o.voided = 0
      AND o.proof >= CASE CAST(:min_proof AS TEXT) WHEN 'social_insurance' THEN 5 WHEN 'bank' THEN 4
                                                   WHEN 'payslip' THEN 3 WHEN 'employer_letter' THEN 2 ELSE 1 END
),
bounds AS (
    SELECT p.person, MIN(p.month_no) AS first_month, MAX(p.month_no) AS last_month
    FROM proven p
    WHERE p.nth = 1
    GROUP BY p.person
),
-- years and months as they run from 1 March, for the day of a month's first
counted_from_march AS (
    SELECT b.person, b.first_month, b.last_month,
           (b.first_month - 2) / 12 AS first_year, (b.first_month - 2) % 12 AS first_place,
           (b.last_month - 2) / 12 AS last_year, (b.last_month - 2) % 12 AS last_place
    FROM bounds b
),
apart AS (
    SELECT c.person, c.first_month, c.last_month,
           c.last_year * 365 + c.last_year / 4 - c.last_year / 100 + c.last_year / 400 + (153 * c.last_place + 2) / 5
           - (c.first_year * 365 + c.first_year / 4 - c.first_year / 100 + c.first_year / 400
              + (153 * c.first_place + 2) / 5) AS days
    FROM counted_from_march c
)
SELECT a.person AS key, a.person, late.wage_fen - early.wage_fen AS value,
       CASE WHEN a.days >= 90 THEN 1 ELSE 0 END AS counted,
       CASE WHEN a.days >= 90 THEN NULL ELSE 'months_too_close' END AS reason, late.log, late.idx,
       early.wage_fen AS first_fen, late.wage_fen AS last_fen, a.days
FROM apart a
JOIN proven early ON early.person = a.person AND early.month_no = a.first_month AND early.nth = 1
JOIN proven late ON late.person = a.person AND late.month_no = a.last_month AND late.nth = 1
