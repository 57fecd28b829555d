// What the three fields of a card may hold: how it is written, and what is wrong with it.

const digitsOf = (text) => text.replace(/\D/g, "");
const isAmex = (number) => /^3[47]/.test(number);

function longest(number) {
  if (isAmex(number)) return 15;
  if (/^3[068]/.test(number)) return 14;
  return number.startsWith("62") ? 19 : 16;
}

export function plainNumber(text) {
  const digits = digitsOf(text);
  return digits.slice(0, longest(digits));
}

export function writeNumber(text) {
  const number = plainNumber(text);
  const groups = isAmex(number) ? /^(\d{4})(\d{0,6})(\d*)$/ : /(\d{4})(?=\d)/g;
  return isAmex(number)
    ? number.replace(groups, (_, ...parts) => parts.slice(0, 3).filter(Boolean).join(" "))
    : number.replace(groups, "$1 ");
}

/** As `MM / YY`; also from 1/34, 01/2034 and 0134. */
export function writeExpiry(text) {
  let digits = digitsOf(text);
  if (/^([2-9]|1[3-9])/.test(digits) || /^\s*1\s*\//.test(text)) digits = `0${digits}`;
  const written = digits.slice(2, 6); // of 20 and more digits the rest is still to come
  const year = /^20\d/.test(written) ? written.replace(/^20(?=\d\d)/, "") : written.slice(0, 2);
  return digits.length < 2 ? digits : `${digits.slice(0, 2)} / ${year}`;
}

export function writeCvc(text) {
  return digitsOf(text).slice(0, 4);
}

export function expiryOf(text) {
  const digits = digitsOf(text);
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2)) };
}

export function wrongNumber(text) {
  const number = digitsOf(text);
  const least = number.startsWith("62") ? 16 : longest(number);
  if (number.length < least) return ["incomplete_number", "The card number is incomplete."];
  return luhn(number) ? null : ["invalid_number", "The card number is invalid."];
}

export function wrongExpiry(text, now = new Date()) {
  const { month, year } = expiryOf(text);
  if (digitsOf(text).length !== 4) {
    return ["incomplete_expiry", "The expiry date is incomplete."];
  }
  if (month < 1 || month > 12) {
    return ["invalid_expiry_month", "The expiry month is invalid."];
  }
  if (year < now.getFullYear()) {
    return ["invalid_expiry_year_past", "The expiry year is in the past."];
  }
  if (year === now.getFullYear() && month <= now.getMonth()) {
    return ["invalid_expiry_month_past", "The expiry date is in the past."];
  }
  return null;
}

export function wrongCvc(text, number) {
  const enough = text.length >= (isAmex(digitsOf(number)) ? 4 : 3);
  return enough ? null : ["incomplete_cvc", "The security code is incomplete."];
}

function luhn(number) {
  const sum = [...number].reverse().reduce((total, digit, place) => {
    const weighed = Number(digit) * (place % 2 ? 2 : 1);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
}
