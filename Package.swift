// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(
  name: "Configuration", package: "swift-configuration")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")

/// What every reporting service is made of.
let service: [Target.Dependency] = [
  "Models", "Storage", "Journal", "ServiceKit", hummingbird, httpTypes, nio, logging,
]

let package = Package(
  name: "remelt",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "processor-registry", targets: ["ProcessorRegistry"]),
    .executable(name: "recycled-input", targets: ["RecycledInput"]),
    .executable(name: "hydrogen-use", targets: ["HydrogenUse"]),
    .executable(name: "dashboard", targets: ["Dashboard"]),
    .executable(name: "remelt", targets: ["RemeltCLI"]),
    .executable(name: "remelt-bench", targets: ["Bench"]),
  ],
  dependencies: [
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CCurl", path: "Shared/CCurl", pkgConfig: "libcurl",
      providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CZlib", path: "Shared/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CPostgres", path: "Shared/CPostgres", pkgConfig: "libpq",
      providers: [.apt(["libpq-dev"])]),
    .target(
      name: "Models", path: "Shared/Models", resources: [.copy("Reference")],
      swiftSettings: strict),
    .target(
      name: "Storage", dependencies: ["CPostgres", grdb, sqlite, metrics], path: "Shared/Storage",
      swiftSettings: strict),
    .target(
      name: "Journal",
      dependencies: [
        "Models", "Storage", "ServiceKit", crypto, hummingbird, httpTypes, lifecycle, logging,
        metrics,
      ],
      path: "Shared/Journal", swiftSettings: strict),
    .target(
      name: "ServiceKit",
      dependencies: [
        "Models", "Storage", "CCurl", "CZlib", hummingbird, hummingbirdCore, httpTypes, nio, jwt,
        crypto, logging, metrics, coreMetrics, lifecycle, signals, configuration, system,
        arguments,
      ],
      path: "Shared/ServiceKit", swiftSettings: strict),
    .target(
      name: "Reporting",
      dependencies: ["Models", "Storage", "Journal", "ServiceKit", hummingbird, httpTypes],
      path: "Shared/Reporting", swiftSettings: strict),
    .executableTarget(
      name: "ProcessorRegistry",
      dependencies: service + ["Reporting", crypto, jwt, lifecycle, arguments, metrics],
      path: "Services/ProcessorRegistry", resources: [.copy("openapi.json")],
      swiftSettings: strict),
    .executableTarget(
      name: "RecycledInput", dependencies: service + ["Reporting", arguments, lifecycle],
      path: "Services/RecycledInput", resources: [.copy("openapi.json")], swiftSettings: strict),
    .executableTarget(
      name: "HydrogenUse", dependencies: service + ["Reporting", arguments, lifecycle],
      path: "Services/HydrogenUse", resources: [.copy("openapi.json")], swiftSettings: strict),
    .executableTarget(
      name: "Dashboard",
      dependencies: service + [arguments, lifecycle, mustache, crypto],
      path: "Services/Dashboard", resources: [.copy("openapi.json"), .copy("Pages")],
      swiftSettings: strict),
    .executableTarget(
      name: "RemeltCLI", dependencies: ["Models", "Storage", "Journal", "ServiceKit", arguments],
      path: "Services/RemeltCLI", resources: [.copy("Data")], swiftSettings: strict),
    .executableTarget(
      name: "Bench", dependencies: service + ["Reporting", arguments, lifecycle, jwt],
      path: "ops/bench",
      exclude: ["README.md", "load.lua", "measure.py", "run"], swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["Models", "Storage"], path: "Tests/Support",
      swiftSettings: strict),
    .testTarget(
      name: "ModelsTests", dependencies: ["Models", "TestSupport"],
      resources: [.copy("vectors.json")],
      swiftSettings: strict),
    .testTarget(
      name: "StorageTests", dependencies: ["Storage", "Models", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "JournalTests",
      dependencies: ["Journal", "Storage", "Models", "TestSupport", crypto, logging],
      resources: [.copy("journal-vectors.json"), .copy("journal_vectors.py")],
      swiftSettings: strict),
    .testTarget(
      name: "ServiceKitTests",
      dependencies: service + ["TestSupport", jwt, crypto, lifecycle, coreMetrics],
      swiftSettings: strict),
    .testTarget(
      name: "ProcessorRegistryTests",
      dependencies: service + ["ProcessorRegistry", "Reporting", "TestSupport", crypto],
      swiftSettings: strict),
    .testTarget(
      name: "DashboardTests", dependencies: service + ["Dashboard", "TestSupport", crypto],
      swiftSettings: strict),
    .testTarget(
      name: "SystemTests",
      dependencies: [
        "Models", "Journal", "ServiceKit", "Reporting", "ProcessorRegistry", "RecycledInput",
        "HydrogenUse", "Dashboard", "RemeltCLI", "Storage", "TestSupport", crypto,
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
