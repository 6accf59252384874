/// The hypotenuse, in glibc's name.
///
/// Nothing here calls it, but Swift's overlay of Glibc does, and glibc 2.35 has given that function
/// a new version: a program that is built with it would not start where glibc is older (2.34 on
/// Amazon Linux 2023 and EL 9). One of our own needs none of glibc's.
@_cdecl("hypotf")
func hypotenuse(_ first: Float, _ second: Float) -> Float {
    let (first, second) = (Double(first), Double(second))
    return Float((first * first + second * second).squareRoot())
}
