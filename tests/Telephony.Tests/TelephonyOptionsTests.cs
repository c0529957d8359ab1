namespace CallCenter.Telephony.Tests;

public sealed class TelephonyOptionsTests
{
    private static IReadOnlyList<string> Faults(TelephonyOptions options) =>
        [.. new TelephonyOptionsValidator().Validate(null, options).Failures ?? []];

    [Fact]
    public void The_defaults_are_valid() => Faults(new()).ShouldBeEmpty();

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var faults = Faults(new() { Bind = "nowhere", Advertise = "x", SipPort = 70000, RtpFrom = 30000, RtpTo = 29000, MediaTimeoutSeconds = 0 });
        faults.Count.ShouldBe(5);
        faults.ShouldAllBe(f => f.StartsWith("Telephony:", StringComparison.Ordinal));
        Faults(new() { BrowserCodecs = "opus,G722" }).ShouldBeEmpty();
        Faults(new() { BrowserCodecs = "opus,mp3" }).ShouldHaveSingleItem().ShouldContain("'mp3'");
        Faults(new() { Bind = "127.0.0.1, ::1" }).ShouldBeEmpty();
        Faults(new() { Bind = "::1,::2" }).ShouldHaveSingleItem().ShouldContain("Bind");
        Faults(new() { Bind = "0.0.0.0,::", Advertise = "192.0.2.1" }).ShouldHaveSingleItem().ShouldContain("families");
        Faults(new() { Bind = "0.0.0.0,::", Advertise = "192.0.2.1,2001:db8::1" }).ShouldBeEmpty();
        Faults(new() { PhoneNetworks = "10.0.0.0/8, here" }).ShouldHaveSingleItem().ShouldContain("'here'");
        Faults(new() { TrustedProxies = "10.0.0.5/32, proxy" }).ShouldHaveSingleItem().ShouldContain("'proxy'");
        Faults(new() { PremiumPrefixes = "+979,x" }).ShouldHaveSingleItem().ShouldContain("'x'");
        Faults(new() { Bind = "0.0.0.0" }).ShouldHaveSingleItem().ShouldContain("Advertise");
    }
}
