-- id: A51
-- name_zh: 样本抽取后变动或核验人不独立
-- name_en: A sample drawn again, or a verifier who is not independent
-- version: 1
-- source: DDU-GKY: samples for verification
-- cases: redrawn E, not_independent E
-- zh.redrawn: 指标 {figure}（公布第 {published} 条）的样本抽取后被撤销或重抽
-- en.redrawn: the sample of figure {figure}, published in entry {published}, was taken back or drawn again
-- zh.not_independent: {verified_on} 核验人 {verifier} 核验的是自己回访过的人
-- en.not_independent: {verifier}, who verified a member on {verified_on}, had visited that very person
-- facts: figure, published, verified_on, verifier
-- figures: visits_completed, persons_started, employment_starts, training_completions, persons_trained
-- rule_zh: 样本抽取后被撤销或重抽；核验人曾回访过样本中的此人。
-- rule_en: A sample that was retracted after it was drawn; a result from somebody who is the visitor of a visit to the
--   person that the member is about.

WITH about AS (
    SELECT x.log, x.idx, x.person FROM live_visits x
    UNION ALL
    SELECT x.log, x.idx, x.person FROM live_starts x
    UNION ALL
    SELECT x.log, x.idx, x.person FROM live_results x
    UNION ALL
    SELECT x.log, x.idx, x.person FROM live_intents x
    UNION ALL
    SELECT x.log, x.idx, x.person FROM live_contracts_signed x
    UNION ALL
    SELECT x.log, x.idx, x.person FROM live_certificates x
    UNION ALL
    SELECT x.log, x.idx, x.person FROM live_observed_wages x
),
verified AS (
    SELECT v.log, v.idx, v.subject, v.sample, v.verified_on, v.verifier, a.person
    FROM member_verified v
    LEFT JOIN gone g ON g.entry = v.idx AND g.log = v.log
    JOIN about a ON a.log = v.member_log AND a.idx = v.member_index
    WHERE v.idx < (SELECT cut.size FROM cut WHERE cut.log = v.log) AND g.entry IS NULL AND v.verifier IS NOT NULL
),
met AS (
    SELECT v.log, v.idx, v.subject, v.sample, v.verified_on, v.verifier, v.person, n.log AS log2, n.idx AS idx2,
           n.programme, n.region, ROW_NUMBER() OVER (PARTITION BY v.log, v.idx ORDER BY n.visited_day, n.log, n.idx) AS nth
    FROM verified v
    JOIN live_visits n ON n.person = v.person AND n.visitor = v.verifier
)
SELECT s.subject || '@' || s.idx AS key, CAST(NULL AS TEXT) AS person, s.programme, CAST(NULL AS TEXT) AS region,
       'redrawn' AS finding, s.log, s.idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, s.figure,
       s.published, CAST(NULL AS TEXT) AS verified_on, CAST(NULL AS TEXT) AS verifier
FROM sample_drawn s
JOIN gone g ON g.entry = s.idx AND g.log = s.log
WHERE s.idx < (SELECT cut.size FROM cut WHERE cut.log = s.log)
UNION ALL
SELECT m.subject, m.person, m.programme, m.region, 'not_independent', m.log, m.idx, m.log2, m.idx2, CAST(NULL AS TEXT),
       CAST(NULL AS BIGINT), m.verified_on, m.verifier
FROM met m
WHERE m.nth = 1
