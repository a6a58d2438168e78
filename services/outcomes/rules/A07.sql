-- id: A07
-- name_zh: 入班后才认定的类别
-- name_en: Category acquired after the event that relied on it
-- version: 1
-- source: 襄州 (Xiangzhou) audit
-- cases: later E
-- zh.later: {enrolled_on} 入班时按“{category}”登记，而该类别 {category_since_on} 才认定
-- en.later: enrolled on {enrolled_on} as “{category}”, which was recognised on {category_since_on} only
-- facts: enrolled_on, category, category_since_on
-- figures: persons_trained, persons_by_category
-- rule_zh: 人员类别的认定日期晚于入班日期。
-- rule_en: The hardship category was recognised after the day of enrolment.

SELECT e.subject AS key, e.person, e.programme, e.region, 'later' AS finding, e.log, e.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, e.enrolled_on, e.category, e.category_since_on
FROM live_enrolments e
WHERE e.category_since_day > e.enrolled_day
