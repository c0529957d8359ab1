using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using CallCenter.TestKit.Running;

namespace CallCenter.EndToEnd;

/// <summary>The whole application by HTTPS with a certificate of its own making: an agent's browser signs its telephone in.</summary>
[Trait("needs", "server")]
public sealed class HttpsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_agents_browser_registers_by_https_and_is_reachable()
    {
        var (https, sips) = (FreePorts.Any(SocketType.Stream), FreePorts.Any(SocketType.Stream));
        await using var center = await RunningCenter.Start($"Https:Port={https}", $"Telephony:SipTlsPort={sips}");
        await Eventually.Be(() => center.Output.Contains($"https://127.0.0.1:{https}/", StringComparison.Ordinal), Soon);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(center.Data, "certificates", "server.pem"));
        certificate.MatchesHostname("localhost").ShouldBeTrue();

        var user = center.Demo.Users.First(u => u.Role == "agent");
        using var api = await Api.SignIn(new Uri($"https://127.0.0.1:{https}"), user.User, user.Password, certificate);
        var agent = await api.Agent(user.User);
        await api.SetStatus(agent.Id, "Available");
        (await api.Agent(user.User)).State.ShouldBe("Unreachable");

        var signed = await api.Post("/api/sign-in/sip", new { });
        ((string)signed["uri"]!).ShouldStartWith($"sip:{agent.Id}@");
        await using var browser = await BrowserPhone.Open(api.Http.BaseAddress!, trusted: certificate);
        var answer = await browser.Register(agent.Id.ToString(), (string)signed["token"]!);
        answer.StatusCode.ShouldBe(200);
        await Eventually.Get("the agent's state", Soon, async () => (await api.Agent(user.User)).State, state => state == "Idle");
    }
}
