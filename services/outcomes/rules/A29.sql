-- id: A29
-- name_zh: 工资不可信
-- name_en: Implausible wages
-- version: 1
-- source: DDU-GKY (the least of several proofs); regional minimum wages
-- thresholds: lowest_fen = 100000 最低月工资（分），按地区标准设定 | lowest monthly wage, set it to the region's minimum;
--   highest_fen = 5000000 最高月工资（分） | highest monthly wage; same_percent = 80 相同工资占比（%） | share of equal
--   wages; same_persons = 5 至少人数 | persons at least; agreed_percent = 70 约定工资下限（%） | of the agreed wage, at least
-- cases: zero E, too_low E, too_high W, identical W, below_agreed W, above_bank E
-- zh.zero: {month} 工资为 0
-- en.zero: the wage of {month} is 0
-- zh.too_low: {month} 工资 {wage_fen} 元，低于最低标准
-- en.too_low: the wage of {month}, {wage_fen} yuan, is below the lowest
-- zh.too_high: {month} 工资 {wage_fen} 元，高得异常
-- en.too_high: the wage of {month}, {wage_fen} yuan, is beyond belief
-- zh.identical: {employer} {month} 有 {persons} 人工资记录，其中 {same} 人同为 {wage_fen} 元，分文不差
-- en.identical: of {persons} persons whose wages at {employer} for {month} are stated, {same} have {wage_fen} yuan
--   to the fen
-- zh.below_agreed: {month} 工资 {wage_fen} 元，不到约定 {other_fen} 元的 {agreed_percent}%
-- en.below_agreed: the wage of {month}, {wage_fen} yuan, is below {agreed_percent} % of the {other_fen} agreed
-- zh.above_bank: {month} 工资条等所列 {wage_fen} 元，高于银行流水 {other_fen} 元
-- en.above_bank: {wage_fen} yuan stated for {month} are more than the {other_fen} that the bank credited
-- facts: month, wage_fen, employer, persons, same, other_fen
-- figures: mean_monthly_wage, wage_growth
-- rule_zh: 工资为零、过低、过高；同一单位当月至少 same_persons 人中 same_percent% 以上分文不差；不到约定的 agreed_percent%；
--   工资条或证明高于同月银行流水。
-- rule_en: A wage of nothing, too low or too high; wages equal to the fen for same_percent of an employer's people
--   in a month (same_persons at least); below agreed_percent of what was agreed; a slip or letter above the bank's
--   credit for the same month.

WITH agreed AS (
    SELECT a.person, a.employer, a.log, a.idx, a.expected_wage_fen,
           ROW_NUMBER() OVER (PARTITION BY a.person, a.employer ORDER BY a.rank, a.signed_day DESC, a.log, a.idx) AS nth
    FROM (
        SELECT c.person, c.employer, c.log, c.idx, c.expected_wage_fen, c.signed_day, 1 AS rank FROM live_contracts c
        UNION ALL
        SELECT i.person, i.employer, i.log, i.idx, i.expected_wage_fen, i.signed_day, 2 FROM live_intents i
    ) a
    WHERE a.expected_wage_fen IS NOT NULL
),
banked AS (
    SELECT w.person, w.month_no, w.employer, w.log, w.idx, w.wage_fen,
           ROW_NUMBER() OVER (PARTITION BY w.person, w.month_no, w.employer ORDER BY w.wage_fen DESC, w.log, w.idx) AS nth
    FROM live_wages w
    WHERE w.proof = 'bank'
),
-- one wage a person, employer and month: the least
paid AS (
    SELECT w.programme, w.employer, w.month, w.person, MIN(w.wage_fen) AS wage_fen,
           MIN((SELECT l.n FROM numbered l WHERE l.log = w.log) * 1099511627776 + w.idx) AS place,
           MIN(w.region) AS region
    FROM live_wages w
    WHERE w.employer IS NOT NULL
    GROUP BY w.programme, w.employer, w.month, w.person
),
counted AS (
    SELECT p.programme, p.employer, p.month, p.wage_fen, COUNT(*) AS same, MIN(p.place) AS place, MIN(p.region) AS region
    FROM paid p
    GROUP BY p.programme, p.employer, p.month, p.wage_fen
),
shared AS (
    SELECT c.programme, c.employer, c.month, c.wage_fen, c.same, c.place, c.region,
           CAST(SUM(c.same) OVER (PARTITION BY c.programme, c.employer, c.month) AS BIGINT) AS persons
    FROM counted c
)
SELECT w.subject AS key, w.person, w.programme, w.region,
       CASE WHEN w.wage_fen = 0 THEN 'zero' WHEN w.wage_fen < :lowest_fen THEN 'too_low' ELSE 'too_high' END AS finding,
       w.log, w.idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, w.month, w.wage_fen, w.employer,
       CAST(NULL AS BIGINT) AS persons, CAST(NULL AS BIGINT) AS same, CAST(NULL AS BIGINT) AS other_fen
FROM live_wages w
WHERE w.wage_fen < :lowest_fen OR w.wage_fen > :highest_fen
UNION ALL
SELECT 'wages/' || s.programme || '/' || s.employer || '/' || s.month, CAST(NULL AS TEXT), s.programme, s.region,
       'identical', l.log, s.place % 1099511627776, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), s.month, s.wage_fen,
       s.employer, s.persons, s.same, CAST(NULL AS BIGINT)
FROM shared s
JOIN numbered l ON l.n = s.place / 1099511627776
WHERE s.persons >= :same_persons AND s.same * 100 >= s.persons * :same_percent
UNION ALL
SELECT w.subject, w.person, w.programme, w.region, 'below_agreed', w.log, w.idx, a.log, a.idx, w.month, w.wage_fen,
       w.employer, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), a.expected_wage_fen
FROM live_wages w
JOIN agreed a ON a.person = w.person AND a.employer = w.employer AND a.nth = 1
WHERE w.wage_fen > 0 AND w.wage_fen * 100 < a.expected_wage_fen * :agreed_percent
UNION ALL
SELECT w.subject, w.person, w.programme, w.region, 'above_bank', w.log, w.idx, b.log, b.idx, w.month, w.wage_fen,
       w.employer, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), b.wage_fen
FROM live_wages w
JOIN banked b ON b.person = w.person AND b.month_no = w.month_no
             AND COALESCE(b.employer, '') = COALESCE(w.employer, '') AND b.nth = 1
WHERE w.proof IN ('payslip', 'employer_letter', 'self_report') AND w.wage_fen > b.wage_fen
