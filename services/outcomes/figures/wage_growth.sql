-- id: wage_growth
-- name_zh: 工资增长
-- name_en: Wage growth
-- unit: %
-- member: person
-- kind: flow
-- measure: growth
-- grade: evidenced
-- version: 2
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

-- proven wages, numbered from the first month of each person and from the last; the least of a month first
WITH proven AS (
    SELECT o.log, o.idx, o.person, o.month_no, o.wage_fen,
           ROW_NUMBER() OVER (PARTITION BY o.person ORDER BY o.month_no, o.wage_fen, o.log, o.idx) AS early,
           ROW_NUMBER() OVER (PARTITION BY o.person ORDER BY o.month_no DESC, o.wage_fen, o.log, o.idx) AS late
    FROM wages o
    LEFT JOIN internship_months i
      ON i.person = o.person AND i.month_no = o.month_no AND i.programme = o.programme
    WHERE i.person IS NULL AND o.voided = 0
      AND o.proof >= CASE CAST(:min_proof AS TEXT) WHEN 'social_insurance' THEN 5 WHEN 'bank' THEN 4
                                                   WHEN 'payslip' THEN 3 WHEN 'employer_letter' THEN 2 ELSE 1 END
),
-- years and months as they run from 1 March, for the day of a month's first
bounds AS (
    SELECT p.person,
           MAX(CASE WHEN p.early = 1 THEN p.wage_fen END) AS first_fen,
           MAX(CASE WHEN p.late = 1 THEN p.wage_fen END) AS last_fen,
           MAX(CASE WHEN p.late = 1 THEN p.log END) AS log,
           MAX(CASE WHEN p.late = 1 THEN p.idx END) AS idx,
           (MIN(p.month_no) - 2) / 12 AS first_year, (MIN(p.month_no) - 2) % 12 AS first_place,
           (MAX(p.month_no) - 2) / 12 AS last_year, (MAX(p.month_no) - 2) % 12 AS last_place
    FROM proven p
    GROUP BY p.person
),
apart AS (
    SELECT b.person, b.first_fen, b.last_fen, b.log, b.idx,
           b.last_year * 365 + b.last_year / 4 - b.last_year / 100 + b.last_year / 400 + (153 * b.last_place + 2) / 5
           - (b.first_year * 365 + b.first_year / 4 - b.first_year / 100 + b.first_year / 400
              + (153 * b.first_place + 2) / 5) AS days
    FROM bounds b
)
SELECT a.person AS key, a.person, a.last_fen - a.first_fen AS value,
       CASE WHEN a.days >= 90 THEN 1 ELSE 0 END AS counted,
       CASE WHEN a.days >= 90 THEN NULL ELSE 'months_too_close' END AS reason, a.log, a.idx,
       a.first_fen, a.last_fen, a.days
FROM apart a
