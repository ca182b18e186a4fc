package calc

import "testing"

func TestAdds(t *testing.T) {
	if sum := Add(1, 2); sum != 3 {
		t.Errorf("1 + 2 = %d", sum)
	}
}

func TestNothing(t *testing.T) {
	if sum := Add(0, 0); sum != 0 {
		t.Errorf("0 + 0 = %d", sum)
	}
}
