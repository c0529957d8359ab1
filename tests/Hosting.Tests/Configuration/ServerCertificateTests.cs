using System.Security.Cryptography.X509Certificates;

namespace CallCenter.Hosting.Tests.Configuration;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("callcenter-certificate-").FullName;
    private readonly FakeClock _clock = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_made_once_for_the_names_and_its_key_is_the_owners_alone()
    {
        using var first = Read("192.0.2.7", "desk.example.org");
        using var second = Read("192.0.2.7");
        second.Thumbprint.ShouldBe(first.Thumbprint);
        first.HasPrivateKey.ShouldBeTrue();
        foreach (var name in new[] { "192.0.2.7", "desk.example.org", "localhost", "127.0.0.1" })
        {
            first.MatchesHostname(name).ShouldBeTrue(name);
        }
        first.MatchesHostname("other.example.org").ShouldBeFalse();
        File.GetUnixFileMode(Files("x").Key).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void It_is_made_again_for_another_name_and_a_month_before_its_end()
    {
        using var first = Read("192.0.2.7");
        using var named = Read("192.0.2.8");
        named.Thumbprint.ShouldNotBe(first.Thumbprint);
        _clock.Advance(TimeSpan.FromDays(330));
        using var same = Read("192.0.2.8");
        same.Thumbprint.ShouldBe(named.Thumbprint);
        _clock.Advance(TimeSpan.FromDays(6));
        using var renewed = Read("192.0.2.8");
        renewed.Thumbprint.ShouldNotBe(named.Thumbprint);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused_in_words()
    {
        var files = Files("192.0.2.7");
        using var other = new TemporaryKey();
        var fault = Should.Throw<InvalidDataException>(() => (files with { Key = other.Path }).Load());
        fault.Message.ShouldContain("belong together");
        Should.Throw<InvalidDataException>(() => (files with { Certificate = _folder + "/missing.pem" }).Load());
    }

    private CertificateFiles Files(params string[] names) => ServerCertificate.ReadOrCreate(new DataFolder(_folder), names, _clock);

    private X509Certificate2 Read(params string[] names) => Files(names).Load();

    private sealed class TemporaryKey : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public TemporaryKey()
        {
            using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
            File.WriteAllText(Path, key.ExportPkcs8PrivateKeyPem());
        }

        public void Dispose() => File.Delete(Path);
    }
}
