-- id: A16
-- name_zh: 机构通过率百分之百
-- name_en: A provider that fails nobody
-- version: 1
-- source: 咸宁 (Xianning) audit of training providers
-- thresholds: persons_min = 30 至少结业人次 | completions above which it is looked at
-- cases: all_passed W
-- zh.all_passed: {provider} 共 {persons} 人次结业，无一不合格或中途退出
-- en.all_passed: {provider} ended {persons} trainings, and nobody failed or left
-- facts: provider, persons
-- figures: persons_trained, training_completions
-- rule_zh: 一个机构在一个项目中结业超过 persons_min 人次，全部合格。
-- rule_en: A provider with more than persons_min trainings ended in a programme, all of them passed.

WITH ended AS (
    SELECT t.programme, t.provider, COUNT(*) AS persons, MIN(t.region) AS region,
           MIN((SELECT l.n FROM numbered l WHERE l.log = t.log) * 1099511627776 + t.idx) AS place
    FROM live_classroom t
    WHERE t.result IS NOT NULL AND t.provider IS NOT NULL
    GROUP BY t.programme, t.provider
    HAVING MIN(CASE WHEN t.result = 'passed' THEN 1 ELSE 0 END) = 1
)
SELECT 'provider/' || e.programme || '/' || e.provider AS key, CAST(NULL AS TEXT) AS person, e.programme, e.region,
       'all_passed' AS finding, l.log, e.place % 1099511627776 AS idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, e.provider, e.persons
FROM ended e
JOIN numbered l ON l.n = e.place / 1099511627776
WHERE e.persons > :persons_min
