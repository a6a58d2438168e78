-- id: A32
-- name_zh: 连续在岗期间社保断缴
-- name_en: Social insurance interrupted within a continuous spell
-- version: 1
-- source: C4: continuous employment
-- cases: gap E
-- zh.gap: 在 {employer} 连续在岗，{month_before} 与 {month} 之间社保断缴
-- en.gap: at work at {employer} without a break, but social insurance is interrupted between {month_before} and
--   {month}
-- facts: employer, month_before, month
-- figures: persons_employed, mean_monthly_wage
-- rule_zh: 前后各有连续两个月社保记录，中间缺一至三个月，而该段工作未中断。
-- rule_en: Two months in a row of social insurance before and after, one to three months missing between, in work
--   that did not stop.

WITH insured AS (
    SELECT w.person, w.employer, w.month, w.month_no, MIN(w.programme) AS programme, MIN(w.region) AS region,
           MIN((SELECT l.n FROM numbered l WHERE l.log = w.log) * 1099511627776 + w.idx) AS place
    FROM live_wages w
    WHERE w.proof = 'social_insurance' AND w.employer IS NOT NULL
    GROUP BY w.person, w.employer, w.month, w.month_no
),
rows_around AS (
    SELECT i.person, i.employer, i.programme, i.region, i.month, i.month_no, i.place,
           LAG(i.month) OVER run AS month_before, LAG(i.month_no) OVER run AS before_no,
           LAG(i.month_no, 2) OVER run AS before_that_no, LAG(i.place) OVER run AS place_before,
           LEAD(i.month_no) OVER run AS after_no
    FROM insured i
    WINDOW run AS (PARTITION BY i.person, i.employer ORDER BY i.month_no)
),
gaps AS (
    SELECT r.person, r.employer, r.programme, r.region, r.month, r.month_no, r.place, r.month_before, r.before_no,
           r.place_before
    FROM rows_around r
    WHERE r.month_no - r.before_no BETWEEN 2 AND 4 AND r.before_no - r.before_that_no = 1 AND r.after_no - r.month_no = 1
)
SELECT 'insurance/' || g.person || '/' || g.employer || '/' || g.month AS key, g.person, g.programme, g.region,
       'gap' AS finding, l.log, g.place % 1099511627776 AS idx, b.log AS log2, g.place_before % 1099511627776 AS idx2,
       g.employer, g.month_before, g.month
FROM gaps g
JOIN numbered l ON l.n = g.place / 1099511627776
JOIN numbered b ON b.n = g.place_before / 1099511627776
WHERE EXISTS (
    SELECT 1 FROM live_spells s
    WHERE s.person = g.person AND s.employer = g.employer
      AND s.started_month <= g.before_no AND COALESCE(s.ended_month, g.month_no) >= g.month_no
)
