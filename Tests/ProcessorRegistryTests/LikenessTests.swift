import Models
import TestSupport
import Testing

@testable import ProcessorRegistry

@Suite("Which facilities are likely the same")
struct LikenessTests {
  private func alike(_ one: String, _ other: String) -> Bool {
    Likeness.areAlike(Likeness.folded(one), Likeness.folded(other))
  }

  @Test(
    "Width, case, punctuation and spaces do not tell names apart",
    arguments: [
      ("Tangshan Scrap Co., Ltd.", "TANGSHAN SCRAP CO LTD"),
      ("唐山废钢（集团）有限公司", "唐山废钢(集团)有限公司"),
      ("ＡＢＣ　Ｓｃｒａｐ １", "abc scrap 1"),
      ("", "——"),
    ])
  func same(one: String, other: String) {
    #expect(Likeness.folded(one) == Likeness.folded(other))
    #expect(alike(one, other))
  }

  @Test("Names that share most of their letter pairs are alike")
  func similar() {
    #expect(alike("Tangshan Fengnan Scrap Processing", "Tangshan Fengnan Scrap Procesing"))
    #expect(alike("唐山丰南废钢加工有限公司", "唐山市丰南废钢加工有限公司"))
  }

  @Test("Names that share few letter pairs are not")
  func different() {
    #expect(!alike("Tangshan Fengnan Scrap", "Handan Wuan Recycling"))
    #expect(!alike("A", "B"))
    #expect(!alike("", "A"))
  }

  @Test("Likeness begins at three quarters of the letter pairs")
  func threshold() {
    // 8 of 2 × 4 + 2 × 4 … : abcde has four pairs.
    #expect(Likeness.areAlike("abcde", "abcdx"), "3 of 4 pairs")
    #expect(!Likeness.areAlike("abcde", "abcxy"), "2 of 4 pairs")
  }

  @Test("Likeness is the same from both sides, and everything is like itself")
  func symmetric() {
    var seeded = Seeded()
    let letters = Array("abc废钢12")
    for _ in 0..<500 {
      let names = (0..<2).map { _ in
        String((0..<seeded.int(0...8)).map { _ in letters[seeded.int(0...letters.count - 1)] })
      }
      #expect(Likeness.areAlike(names[0], names[1]) == Likeness.areAlike(names[1], names[0]))
      #expect(Likeness.areAlike(names[0], names[0]))
    }
  }

  @Test(
    "A degree of latitude is some 111 km everywhere, one of longitude shrinks towards the poles")
  func metres() {
    #expect(abs(Likeness.metres((0, 0), (1, 0)) - 111_195) < 1)
    #expect(abs(Likeness.metres((60, 0), (60, 1)) - 55_597) < 30)
    #expect(Likeness.metres((39.6, 118.1), (39.6, 118.1)) == 0)
    #expect(abs(Likeness.metres((0, 179.999), (0, -179.999)) - 222) < 1, "across the date line")
    #expect(abs(Likeness.metres((90, 0), (-90, 0)) - 20_015_115) < 100)
  }
}
