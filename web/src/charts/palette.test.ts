// The eight colours must stay apart for people with each kind of colour blindness, and stand out from the panel.

import { describe, expect, it } from "vitest";
import { DARK, LIGHT } from "./theme";

type Rgb = [number, number, number];

const linear = (hex: string): Rgb =>
  [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as Rgb;

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

const contrast = (one: string, other: string) => {
  const [high, low] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
};

/** Simulation matrices after Machado, Oliveira and Fernandes (2009), full severity. */
const EYES: Record<string, number[][]> = {
  "normal eyes": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

const seen = (colour: Rgb, eye: number[][]): Rgb => eye.map((row) => Math.max(0, row.reduce((sum, factor, at) => sum + factor * (colour[at] ?? 0), 0))) as Rgb;

const oklab = ([r, g, b]: Rgb): Rgb => {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
};

const distance = (one: Rgb, other: Rgb) => Math.hypot(...one.map((part, at) => part - (other[at] ?? 0)));

describe.each([LIGHT, DARK])("the $name palette", (theme) => {
  it("has eight colours that stand out from the panel", () => {
    expect(theme.palette).toHaveLength(8);
    for (const colour of theme.palette) expect(contrast(colour, theme.panel), colour).toBeGreaterThan(2.8);
  });
  it.each(Object.entries(EYES))("stays apart with %s", (_, eye) => {
    const colours = theme.palette.map((colour) => oklab(seen(linear(colour), eye)));
    colours.forEach((one, at) => colours.slice(at + 1).forEach((other, next) => expect(distance(one, other), `${theme.palette[at]} and ${theme.palette[at + 1 + next]}`).toBeGreaterThan(0.075)));
  });
  it("writes good, bad and dim text with enough contrast", () => {
    for (const colour of [theme.good, theme.bad, theme.dim]) expect(contrast(colour, theme.panel)).toBeGreaterThan(4.5);
    expect(contrast(theme.ink, theme.panel)).toBeGreaterThan(7);
  });
});
