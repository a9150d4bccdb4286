import Configuration
import Hummingbird
import JWTKit
