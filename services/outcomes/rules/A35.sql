-- id: A35
-- name_zh: 一人一日回访过多
-- name_en: More visits by one visitor than a day holds
-- version: 1
-- source: field verification audits
-- thresholds: daily_calls = 60 每日电话或线上上限 | calls that one day holds; daily_homes = 15 每日上门上限 | home visits that one day holds
-- cases: calls W, homes W
-- zh.calls: {visitor} 在 {visited_on} 一日电话或线上回访 {visits} 人次
-- en.calls: {visitor} is said to have made {visits} calls on {visited_on}
-- zh.homes: {visitor} 在 {visited_on} 一日上门回访 {visits} 人次
-- en.homes: {visitor} is said to have made {visits} home visits on {visited_on}
-- facts: visitor, visited_on, visits
-- figures: visits_completed, visit_coverage_d30, visit_coverage_d90, visit_coverage_d180
-- rule_zh: 一名回访人一日的电话、线上回访多于 daily_calls，或上门多于 daily_homes。
-- rule_en: One visitor made more than daily_calls calls, or more than daily_homes home visits, on one day.

WITH made AS (
    SELECT v.programme, v.visitor, v.visited_on, CASE WHEN v.method = 'home' THEN 'homes' ELSE 'calls' END AS way,
           COUNT(*) AS visits, MIN(v.region) AS region,
           MIN((SELECT l.n FROM numbered l WHERE l.log = v.log) * 1099511627776 + v.idx) AS place
    FROM live_visits v
    WHERE v.visitor IS NOT NULL
    GROUP BY v.programme, v.visitor, v.visited_on, CASE WHEN v.method = 'home' THEN 'homes' ELSE 'calls' END
)
SELECT 'visitor/' || m.programme || '/' || m.visitor || '/' || m.visited_on AS key, CAST(NULL AS TEXT) AS person, m.programme,
       m.region, m.way AS finding, l.log, m.place % 1099511627776 AS idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2,
       m.visitor, m.visited_on, m.visits
FROM made m
JOIN numbered l ON l.n = m.place / 1099511627776
WHERE m.visits > CASE WHEN m.way = 'homes' THEN :daily_homes ELSE :daily_calls END
