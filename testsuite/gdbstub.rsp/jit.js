// SPDX-License-Identifier: GPL-2.0-or-later
// Functions that V8 compiles, throws away and compiles again, while their results
// are compared with what the same work gave before anybody looked. Says "ready PID
// 0x0", then "round N" or "different N" after each round.
'use strict';

const KINDS = 8;
const TURNS = 4000;

function mix(sum, x) { return ((sum * 31) ^ (x >> 3) ^ (x * 7)) | 0; }

class Pair {
	constructor(a, b) { this.a = a; this.b = b; }
	plus(other) { return new Pair(this.a + other.a, this.b ^ other.b); }
}

function numbers(kind) {
	let sum = kind;
	for (let i = 0; i < TURNS; i++) sum = mix(sum, i);
	return sum;
}

function objects(kind) {
	let pair = new Pair(kind, 0.5);
	for (let i = 0; i < TURNS; i++) pair = pair.plus(new Pair(i, i * 3));
	return pair.a + pair.b;
}

function strings(kind) {
	let text = '';
	for (let i = 0; i < 200; i++) text += String.fromCharCode(65 + (i * kind) % 26);
	return text.replace(/[A-F]+/g, (s) => s.length).length;
}

// New code in each round, which is garbage after it.
function generated(kind) {
	const f = new Function('x', 'y',
		`let s = ${kind}; for (let i = 0; i < y; i++) s = (s * ${kind + 3} + (x ^ i)) | 0; return s;`);
	let sum = 0;
	for (let i = 0; i < TURNS / 20; i++) sum = (sum + f(i, 20)) | 0;
	return sum;
}

function work(kind) {
	return [numbers, objects, strings, generated].map((f) => f(kind)).join();
}

const expected = [];
for (let kind = 0; kind < KINDS; kind++) expected.push(work(kind));
process.stdout.write(`ready ${process.pid} 0x0\n`);

let round = 0;
function run() {
	const word = work(round % KINDS) === expected[round % KINDS] ?
		'round' : 'different';
	round++;
	process.stdout.write(`${word} ${round}\n`);
	setImmediate(run);
}
run();
