-- id: starts_by_work_region
-- name_zh: 按工作地分的上岗人次
-- name_en: Starts by place of work
-- unit: 人次
-- member: counted start
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to, work_region
-- work_region: region prefixes | 大湾区 = 4401 4403 4404 4406 4407 4412 4413 4419 4420 81 82
-- exclusions: elsewhere, unknown_place
-- base_reasons:
-- splits: place = same_county, same_province, away
-- rule_zh: 计入的上岗中，工作地在 work_region 所列行政区划内的；不给 work_region 时计全部工作地明确的。
--   另按同县、同省、外省分列。工作地未填，或只填到更大的区划、看不出是否在内的，单列，不推断。
-- rule_en: Counted starts whose place of work lies within one of the regions asked for; of all places that are
--   known where none is asked for. Also shown by same county, same province and away, against the region they
--   were recorded for. A place that is unknown, or known only as part of a wider region, is neither.

-- the prefixes asked for, cut at their commas
WITH RECURSIVE cutting(prefix, rest) AS (
    SELECT '', COALESCE(CAST(:work_region AS TEXT), '') || ','
    UNION ALL
    SELECT CASE WHEN substr(c.rest, 1, 1) = ',' THEN '' ELSE c.prefix || substr(c.rest, 1, 1) END, substr(c.rest, 2)
    FROM cutting c
    WHERE c.rest <> ''
),
wanted(prefix) AS MATERIALIZED (
    SELECT c.prefix FROM cutting c WHERE substr(c.rest, 1, 1) = ',' AND c.prefix <> ''
),
-- a code without its trailing 00 pairs
placed AS MATERIALIZED (
    SELECT s.log, s.idx, s.subject, s.person, s.region, COALESCE(s.work_region, '') AS work_region,
           CASE WHEN substr(s.work_region, 3) IN ('', '00', '0000') THEN substr(s.work_region, 1, 2)
                WHEN substr(s.work_region, 5) = '00' THEN substr(s.work_region, 1, 4)
                ELSE COALESCE(s.work_region, '') END AS known
    FROM starts s
    WHERE s.reason IS NULL
),
-- places are few: each is looked at once, not once a start
places AS MATERIALIZED (
    SELECT p.known,
           CASE WHEN p.known = '' THEN 'unknown_place'
                WHEN CAST(:work_region AS TEXT) IS NULL THEN NULL
                WHEN EXISTS (SELECT 1 FROM wanted w WHERE substr(p.known, 1, length(w.prefix)) = w.prefix) THEN NULL
                WHEN EXISTS (SELECT 1 FROM wanted w WHERE substr(w.prefix, 1, length(p.known)) = p.known)
                THEN 'unknown_place'
                ELSE 'elsewhere' END AS reason
    FROM (SELECT DISTINCT placed.known FROM placed) p
),
judged AS (
    SELECT p.log, p.idx, p.subject, p.person, p.region, p.work_region, k.reason
    FROM placed p
    JOIN places k ON k.known = p.known
)
SELECT j.subject AS key, j.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx,
       CASE WHEN j.work_region = j.region THEN 'same_county'
            WHEN substr(j.work_region, 1, 2) = substr(j.region, 1, 2) THEN 'same_province'
            ELSE 'away' END AS place
FROM judged j
