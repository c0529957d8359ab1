using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Who may open <c>/sip</c>, who may register there, and what ends it.</summary>
[Trait("needs", "server")]
public sealed class BrowserTests : IAsyncLifetime
{
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8\r\n";
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;

    private Guid Agent => gateway.Setup.Phones[0].Agent;

    private TokenIssuer Tokens => gateway.Services.GetRequiredService<TokenIssuer>();

    public async ValueTask InitializeAsync() =>
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:SocketsPerAddressMax", "3"), ("Telephony:RegisterSeconds", "1"), ("Telephony:Origins", "https://desk.example.org"));

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_browser_registers_with_its_token_and_is_unreachable_when_its_socket_is_gone()
    {
        var token = Tokens.IssueForSip(Agent, 1);
        await using (var browser = await BrowserPhone.Open(gateway.Http))
        {
            var answer = await browser.Register(Agent.ToString(), token.Token);
            answer.StatusCode.ShouldBe(200);
            answer.Get(HeaderId.Contact).ShouldNotBeNull().ShouldStartWith($"<{browser.Contact}>;expires=120");
            (await gateway.Events.Next<DeviceReachable>(Agent)).Gateway.ShouldNotBeEmpty();
        }
        (await gateway.Events.Next<DeviceUnreachable>(Agent)).Cause.ShouldBe("ConnectionLost");
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden)]
    public async Task A_page_of_another_site_is_refused(string origin, HttpStatusCode status) =>
        (await Should.ThrowAsync<HttpRequestException>(() => BrowserPhone.Open(gateway.Http, origin))).StatusCode.ShouldBe(status);

    [Fact]
    public async Task A_configured_origin_is_let_in() => await (await BrowserPhone.Open(gateway.Http, "https://desk.example.org")).DisposeAsync();

    [Fact]
    public async Task What_is_no_socket_of_sip_is_refused()
    {
        (await Should.ThrowAsync<HttpRequestException>(() => BrowserPhone.Open(gateway.Http, subprotocol: "chat"))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var http = new HttpClient { BaseAddress = gateway.Http };
        using var plain = await http.GetAsync("/sip", TestContext.Current.CancellationToken);
        plain.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_socket_that_does_not_register_is_closed()
    {
        await using var browser = await BrowserPhone.Open(gateway.Http);
        (await browser.Register(Agent.ToString(), null)).StatusCode.ShouldBe(401);
        (await browser.Closed()).Code.ShouldBe((int)BrowserSockets.NotRegistered);
    }

    [Fact]
    public async Task Only_a_sip_token_of_this_house_that_has_not_ended_and_of_that_user_is_taken()
    {
        using var other = new TemporaryFolder();
        var foreign = new TokenIssuer(new DataFolder(other.Path), TimeProvider.System).IssueForSip(Agent, 1).Token;
        var ended = new TokenIssuer(new DataFolder(folder.Path), new FakeClock()).IssueForSip(Agent, 1).Token;
        var valid = Tokens.IssueForSip(Agent, 1).Token;
        var ofApi = Tokens.Issue(new(Agent, "Anna", Role.Agent, [])).Token;
        var ofOther = Tokens.IssueForSip(gateway.Setup.Phones[1].Agent, 1).Token;
        var forged = valid[..^4] + (valid.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA");
        var unsigned = $"eyJhbGciOiJub25lIn0.{valid.Split('.')[1]}.";
        await using var browser = await BrowserPhone.Open(gateway.Http);
        foreach (var token in new[] { foreign, ended, ofApi, ofOther, forged, unsigned, "", "x", new string('a', 5000) })
        {
            (await browser.Register(Agent.ToString(), token)).StatusCode.ShouldBe(401, token);
        }
        gateway.Services.GetRequiredService<Registrations>().Registrar.Count.ShouldBe(0);
        (await browser.Register(Agent.ToString(), valid)).StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task A_sip_token_opens_no_door_of_the_api()
    {
        using var http = new HttpClient { BaseAddress = gateway.Http };
        http.DefaultRequestHeaders.Authorization = new("Bearer", Tokens.IssueForSip(Agent, 1).Token);
        using var answer = await http.GetAsync("/api/telephony/calls", TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_newer_sign_in_closes_the_older_window_and_keeps_it_out()
    {
        await using var old = await BrowserPhone.Open(gateway.Http);
        (await old.Register(Agent.ToString(), Tokens.IssueForSip(Agent, 1).Token)).StatusCode.ShouldBe(200);
        await using var newer = await BrowserPhone.Open(gateway.Http);
        (await newer.Register(Agent.ToString(), Tokens.IssueForSip(Agent, 2).Token)).StatusCode.ShouldBe(200);
        (await old.Closed()).Code.ShouldBe((int)BrowserSockets.Superseded);
        await using var again = await BrowserPhone.Open(gateway.Http);
        (await again.Register(Agent.ToString(), Tokens.IssueForSip(Agent, 1).Token)).StatusCode.ShouldBe(403);
        gateway.Services.GetRequiredService<Registrations>().Of(Agent).ShouldHaveSingleItem().Epoch.ShouldBe(2);
    }

    [Fact]
    public async Task An_address_has_so_many_sockets_and_no_more()
    {
        await using var first = await BrowserPhone.Open(gateway.Http);
        await using var second = await BrowserPhone.Open(gateway.Http);
        await using (var third = await BrowserPhone.Open(gateway.Http))
        {
            (await Should.ThrowAsync<HttpRequestException>(() => BrowserPhone.Open(gateway.Http))).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        }
        await Eventually.Be(CanOpen);

        async Task<bool> CanOpen()
        {
            try
            {
                await (await BrowserPhone.Open(gateway.Http)).DisposeAsync();
                return true;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_browsers_call_needs_a_token_and_is_never_taken_for_a_trunks()
    {
        var token = Tokens.IssueForSip(Agent, 1).Token;
        await using var browser = await BrowserPhone.Open(gateway.Http);
        await browser.Register(Agent.ToString(), token);
        (await browser.Invite(Agent.ToString(), RunningGateway.Number, null, Sdp)).StatusCode.ShouldBe(401);
        (await browser.Invite(gateway.Setup.Phones[1].Agent.ToString(), RunningGateway.Number, token, Sdp)).StatusCode.ShouldBe(401);
        (await browser.Invite(Agent.ToString(), RunningGateway.Number, token, Sdp)).StatusCode.ShouldBe(403);
        gateway.Events.All.OfType<CallArrived>().ShouldBeEmpty();
    }
}
