import Synchronization

/// Remembers what stored texts were read as, so that one that has not changed is not read twice.
/// A change of the text, or its rollback, needs no word to this: the texts are compared.
package final class Readings<Model: Sendable>: Sendable {
  private let limit: Int
  private let known = Mutex<[String: (text: String, model: Model)]>([:])

  package init(limit: Int) { self.limit = limit }

  package func model(_ key: String, _ text: String, read: (String) throws -> Model) rethrows
    -> Model
  {
    if let one = known.withLock({ $0[key] }), one.text == text { return one.model }
    let model = try read(text)
    known.withLock {
      if $0.count >= limit { $0.removeAll(keepingCapacity: true) }
      $0[key] = (text, model)
    }
    return model
  }
}
