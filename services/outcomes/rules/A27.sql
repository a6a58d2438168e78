-- id: A27
-- name_zh: 上岗人数超过岗位数
-- name_en: More people started than posts were offered
-- version: 1
-- source: plausibility of head counts
-- cases: beyond W
-- zh.beyond: {employer} 提供岗位 {vacancies} 个，自 {posted_on} 起上岗 {persons} 人
-- en.beyond: {employer} offered {vacancies} posts and {persons} persons started there since {posted_on}
-- facts: employer, vacancies, persons, posted_on
-- figures: employment_starts, vacancies
-- rule_zh: 单位自首次发布岗位之日起上岗的人数（实习除外），多于所发布的岗位总数。
-- rule_en: Since the first posting, more persons started at an employer, internships apart, than posts were offered
--   in all.

WITH offered AS (
    SELECT v.programme, v.employer, CAST(SUM(v.vacancies) AS BIGINT) AS vacancies, MIN(v.posted_day) AS posted_day,
           MIN(v.posted_on) AS posted_on, MIN(v.region) AS region,
           MIN((SELECT l.n FROM numbered l WHERE l.log = v.log) * 1099511627776 + v.idx) AS place
    FROM live_vacancies v
    GROUP BY v.programme, v.employer
),
taken AS (
    SELECT o.programme, o.employer, COUNT(DISTINCT s.person) AS persons
    FROM offered o
    JOIN live_starts s ON s.programme = o.programme AND s.employer = o.employer
    WHERE s.started_day >= o.posted_day AND COALESCE(s.kind, '') <> 'internship'
    GROUP BY o.programme, o.employer
)
SELECT 'posts/' || o.programme || '/' || o.employer AS key, CAST(NULL AS TEXT) AS person, o.programme, o.region, 'beyond' AS finding,
       l.log, o.place % 1099511627776 AS idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, o.employer, o.vacancies, t.persons, o.posted_on
FROM offered o
JOIN taken t ON t.programme = o.programme AND t.employer = o.employer
JOIN numbered l ON l.n = o.place / 1099511627776
WHERE t.persons > o.vacancies
