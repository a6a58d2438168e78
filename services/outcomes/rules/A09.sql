-- id: A09
-- name_zh: 失业登记期间有社保
-- name_en: Registered unemployed while insured by an employer
-- version: 1
-- source: 交口 (Jiaokou) audit
-- cases: insured E
-- zh.insured: {enrolled_on} 按“{category}”入班，当月及上月均由 {employer} 缴纳社保
-- en.insured: enrolled on {enrolled_on} as “{category}” while {employer} paid social insurance for that month and
--   the one before
-- facts: enrolled_on, category, employer
-- figures: persons_trained, persons_by_category
-- rule_zh: 以失业身份入班，而入班当月和上月由同一单位缴纳社保。
-- rule_en: Enrolled as unemployed, while one employer paid social insurance for the month of the enrolment and for
--   the month before.

WITH joined AS (
    SELECT e.subject, e.person, e.programme, e.region, e.log, e.idx, e.enrolled_on, e.category,
           CAST(substr(e.enrolled_on, 1, 4) AS INTEGER) * 12 + CAST(substr(e.enrolled_on, 6, 2) AS INTEGER) - 1 AS month_no
    FROM live_enrolments e
    WHERE e.category LIKE '%失业%'
),
met AS (
    SELECT j.subject, j.person, j.programme, j.region, j.log, j.idx, j.enrolled_on, j.category, w.employer,
           w.log AS log2, w.idx AS idx2,
           ROW_NUMBER() OVER (PARTITION BY j.log, j.idx ORDER BY w.log, w.idx) AS nth
    FROM joined j
    JOIN live_wages w ON w.person = j.person AND w.month_no = j.month_no AND w.proof = 'social_insurance'
    JOIN live_wages b ON b.person = j.person AND b.month_no = j.month_no - 1 AND b.proof = 'social_insurance'
                     AND b.employer = w.employer
)
SELECT m.subject AS key, m.person, m.programme, m.region, 'insured' AS finding, m.log, m.idx, m.log2, m.idx2,
       m.enrolled_on, m.category, m.employer
FROM met m
WHERE m.nth = 1
