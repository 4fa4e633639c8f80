package safety

// mod97 is the check of ISO 13616 for an IBAN in lower case without spaces.
func mod97(iban string) bool {
	rest := 0
	for _, c := range []byte(iban[4:] + iban[:4]) {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'a' && c <= 'z':
			rest = (rest*100 + int(c-'a') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// elevenTest is the check of a BSN of nine digits: 9·a + 8·b + … + 2·h − i divides by 11.
func elevenTest(digits string) bool {
	sum, some := 0, byte(0)
	for i := range 9 {
		d := digits[i] - '0'
		some |= d
		weight := 9 - i
		if i == 8 {
			weight = -1
		}
		sum += weight * int(d)
	}
	return some != 0 && sum%11 == 0
}

// luhn is the check of ISO/IEC 7812 for card numbers.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
