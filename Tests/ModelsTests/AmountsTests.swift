import TestSupport
import Testing

@testable import Models

struct AmountsTests {
  func amounts(_ grams: KeyValuePairs<String, Int64>) -> Amounts {
    var amounts = Amounts()
    for (name, value) in grams { amounts[name] = Int128(value) }
    return amounts
  }

  @Test("Amounts are written by their names, and come back from what is written")
  func text() throws {
    let some = amounts(["scrap_steel.home": 6, "output.eaf": 12, "hot_metal": -3])
    #expect(some.text == "hot_metal=-3 output.eaf=12 scrap_steel.home=6")
    #expect(Amounts(text: some.text) == some)
    #expect(Amounts(text: "scrap_steel.home=6 output.eaf=12 hot_metal=-3") == some)
    #expect(Amounts.zero.text.isEmpty)
    #expect(Amounts(text: "") == .zero)
    let far = amounts(["most": .max, "least": .min])
    #expect(far.text == "least=-9223372036854775808 most=9223372036854775807")
    #expect(Amounts(text: far.text) == far)
  }

  @Test("Any amounts come back from what is written")
  func anyText() {
    var random = Seeded()
    for _ in 0..<200 {
      var some = Amounts()
      for _ in 0..<random.int(0...20) {
        let name = random.one(of: ["use", "class.US-45V", "route", "废钢"]) + ".\(random.int(0...9))"
        some[name] = Int128(random.int(-1_000_000...1_000_000))
      }
      #expect(Amounts(text: some.text) == some, "\(some.text)")
    }
  }

  @Test(
    "A text that no amounts were written as is refused",
    arguments: [
      "a", "a=", "a=x", "a=1 b", "a=1.5", "a=1,b=2", "a=170141183460469231731687303715884105728",
      "a=1 =x",
    ])
  func refused(_ text: String) { #expect(Amounts(text: text) == nil) }

  @Test("Amounts sum name by name, and a mass is added to what is there")
  func sums() {
    var one = amounts(["a": 1, "b": 2])
    one.add(Mass(grams: 40), to: "b")
    one.add(Mass(grams: 5), to: "c")
    #expect(one == amounts(["a": 1, "b": 42, "c": 5]))
    let sum = one + amounts(["a": 10, "d": 7])
    #expect(sum == amounts(["a": 11, "b": 42, "c": 5, "d": 7]))
    #expect(sum.names == ["a", "b", "c", "d"])
    #expect(sum["a"] == 11 && sum["nothing"] == 0)
    #expect([one, sum, .zero].reduce(.zero, +)["b"] == 84)
  }

  @Test("What is taken back vanishes, and nothing is kept of what is zero")
  func vanishes() {
    let one = amounts(["a": 1, "b": 2])
    #expect(-one == amounts(["a": -1, "b": -2]))
    #expect((one + -one).isEmpty)
    #expect(one + -one == .zero)
    #expect((one + -amounts(["a": 1])).text == "b=2")
    #expect((one + -amounts(["a": 3])).text == "a=-2 b=2")
    var zero = amounts(["a": 0])
    zero.add(.zero, to: "b")
    #expect(zero.isEmpty && zero.names.isEmpty && zero.text.isEmpty)
    #expect(Amounts(text: "a=0 b=0") == .zero)
  }
}
