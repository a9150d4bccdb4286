/// What is special about a site; the number is its ordinal among the steel yards.
enum DemonstrationStory: Int {
  case withdraws = 2
  case capacityChange = 3
  case revoked = 5
  case suspended = 6
  case refused = 7
  case rectifying = 8
  case entersTwice = 9
  case recent = 10
  case pending = 11
  case neverApplied = 12
  case plain = -1
}
