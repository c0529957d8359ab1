using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Tests;

/// <summary>SIP over TLS, over real connections.</summary>
public sealed class TlsTests : IAsyncDisposable
{
    private readonly X509Certificate2 certificate = Make("gateway.test");
    private readonly Phone gateway;
    private readonly Phone phone;
    private SslPolicyErrors seen;

    public TlsTests()
    {
        gateway = new Phone(
            registrar: new Registrar(new RegistrarOptions { Realm = "r", Credentials = user => Ha1.From(user, "r", "secret") }, TimeProvider.System),
            tls: new SipTlsOptions { Certificate = certificate, Port = 0 });
        phone = new Phone(tls: new SipTlsOptions { Certificate = Make("phone.test"), Port = 0, ValidateServer = Trust });
    }

    public async ValueTask DisposeAsync()
    {
        await phone.DisposeAsync();
        await gateway.DisposeAsync();
        certificate.Dispose();
    }

    [Theory]
    [InlineData("sip:1@127.0.0.1:{0};transport=tls")]
    [InlineData("sips:1@127.0.0.1:{0}")]
    public async Task A_call_goes_by_tls_from_end_to_end(string target)
    {
        var call = phone.Call(new UacInvite { Target = string.Format(System.Globalization.CultureInfo.InvariantCulture, target, gateway.Endpoint.TlsEndPoint!.Port) });
        var taken = await gateway.NextCallAsync();
        taken.Flow.Transport.ShouldBe(SipTransport.Tls);
        taken.Request.Get(HeaderId.Via).ShouldNotBeNull().ShouldStartWith($"SIP/2.0/TLS 127.0.0.1:{phone.Endpoint.TlsEndPoint!.Port};");
        var contact = taken.Request.Address(HeaderId.Contact)!.Uri;
        (contact.Scheme, contact.Port).ShouldBe((target[..target.IndexOf(':', StringComparison.Ordinal)], phone.Endpoint.TlsEndPoint.Port));
        taken.Answer(Phone.Sdp);
        await phone.NextAsync<CallAnswered>(call);
        await gateway.NextAsync<CallAcknowledged>(taken);
        taken.Bye();
        (await phone.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.RemoteBye);
    }

    [Fact]
    public async Task A_registered_phone_is_called_by_its_own_connection()
    {
        var registration = phone.Endpoint.Register(new SipRegistrationOptions { Registrar = $"sips:127.0.0.1:{gateway.Endpoint.TlsEndPoint!.Port}", User = "1001", Password = "secret" });
        (await registration.FirstResult.Soon()).Code.ShouldBe(200);
        var call = gateway.Call(UacInvite.ToBinding(gateway.Registrar!.Find("1001").ShouldHaveSingleItem()));
        var taken = await phone.NextCallAsync();
        (taken.Flow.Transport, taken.Flow.Remote).ShouldBe((SipTransport.Tls, gateway.Endpoint.TlsEndPoint));
        taken.Reject(486);
        (await gateway.NextAsync<CallEnded>(call)).Code.ShouldBe(486);
    }

    [Fact]
    public async Task A_server_whose_certificate_is_not_trusted_gets_nothing()
    {
        await using var careful = new Phone(tls: new SipTlsOptions { Certificate = certificate, Port = 0 });
        var call = careful.Call(new UacInvite { Target = $"sips:1@127.0.0.1:{gateway.Endpoint.TlsEndPoint!.Port}" });
        var end = await careful.NextAsync<CallEnded>(call);
        (end.Cause, end.Code).ShouldBe((SipEndCause.TransportError, 503));
        gateway.Endpoint.Counters.Received.ShouldBe(0);
    }

    [Fact]
    public async Task The_name_of_the_target_is_what_the_certificate_must_show()
    {
        var call = phone.Call(new UacInvite { Target = $"sips:1@127.0.0.1:{gateway.Endpoint.TlsEndPoint!.Port}" });
        (await gateway.NextCallAsync()).Reject(486);
        await phone.NextAsync<CallEnded>(call);
        seen.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch).ShouldBeTrue(); // it is for gateway.test
    }

    [Fact]
    public async Task Without_tls_such_a_target_cannot_be_reached()
    {
        await using var plain = new Phone();
        var call = plain.Call(new UacInvite { Target = $"sips:1@127.0.0.1:{gateway.Endpoint.TlsEndPoint!.Port}" });
        (await plain.NextAsync<CallEnded>(call)).Cause.ShouldBe(SipEndCause.TransportError);
    }

    [Fact]
    public async Task Plain_text_and_silence_at_the_tls_port_are_cut_off()
    {
        await using var strict = new Phone(tls: new SipTlsOptions { Certificate = certificate, Port = 0 }, limits: new SipLimits { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        using var talker = new TcpClient();
        await talker.ConnectAsync(strict.Endpoint.TlsEndPoint!, TestContext.Current.CancellationToken);
        await talker.GetStream().WriteAsync("OPTIONS sip:x SIP/2.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using var silent = new TcpClient();
        await silent.ConnectAsync(strict.Endpoint.TlsEndPoint!, TestContext.Current.CancellationToken);
        (await EndOf(talker)).ShouldBeTrue();
        (await EndOf(silent)).ShouldBeTrue();
        strict.Endpoint.Counters.Received.ShouldBe(0);
    }

    private static async Task<bool> EndOf(TcpClient client)
    {
        try
        {
            var buffer = new byte[256];
            while (await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon() > 0)
            {
                // An alert of TLS may come before the end.
            }

            return true;
        }
        catch (IOException)
        {
            return true; // cut off with bytes unread
        }
    }

    private bool Trust(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors)
    {
        seen = errors;
        return shown?.GetCertHashString() == certificate.GetCertHashString();
    }

    private static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
