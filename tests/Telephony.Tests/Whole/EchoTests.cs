using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Media;
using CallCenter.Sip.Messages;
using CallCenter.Telephony.Edge;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit;
using CallCenter.TestKit.Phones;
using Microsoft.Extensions.DependencyInjection;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>A browser that calls the gateway's echo hears itself, and nothing else comes of it.</summary>
[Trait("needs", "server")]
public sealed class EchoTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = RunningGateway.Soon;
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;
    private BrowserPhone browser = null!;
    private string token = "";

    private string User => gateway.Setup.Phones[0].Agent.ToString();

    public async ValueTask InitializeAsync()
    {
        gateway = await RunningGateway.Start(folder.Path, null, ("Telephony:BrowserTimeoutSeconds", "3"));
        browser = await BrowserPhone.Open(gateway.Http);
        token = gateway.Services.GetRequiredService<TokenIssuer>().IssueForSip(gateway.Setup.Phones[0].Agent, 1).Token;
        (await browser.Register(User, token)).StatusCode.ShouldBe(200);
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_browser_hears_itself_until_it_hangs_up()
    {
        await using var audio = new BrowserAudio(hertz: 1500);
        var answer = await Call(audio);
        await audio.Hears(1500, Soon);
        await browser.InOwnDialog(answer, "BYE");
        (await browser.Next()).StatusCode.ShouldBe(200);
        await Over();
        gateway.Events.All.OfType<CallArrived>().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_newer_of_two_is_heard_and_the_older_is_ended()
    {
        await using var first = new BrowserAudio(hertz: 1500);
        await Call(first);
        await first.Hears(1500, Soon);
        await using var second = new BrowserAudio(hertz: 1800);
        var answer = await browser.Invite(User, Echoes.User, token, second.Offer());
        // The older one's BYE comes before the answer, or after it.
        for (; answer.StatusCode != 200; answer = await browser.Next())
        {
            if (answer.Method == SipMethod.Bye && answer.StatusCode == 0)
            {
                await browser.Answer(answer, 200);
            }
        }
        second.Begin(answer.Sdp!);
        await second.Hears(1800, Soon);
        gateway.Services.GetRequiredService<Echoes>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_page_that_is_gone_without_a_word_is_given_up()
    {
        await using (var audio = new BrowserAudio(hertz: 1500))
        {
            await Call(audio);
            await audio.Hears(1500, Soon);
        }
        await Over();
    }

    [Fact]
    public async Task Without_a_token_or_keys_there_is_no_echo()
    {
        await using var audio = new BrowserAudio(hertz: 1500);
        (await browser.Invite(User, Echoes.User, null, audio.Offer())).StatusCode.ShouldBe(401);
        (await browser.Invite(User, Echoes.User, token, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 40000 RTP/AVP 96\r\n")).StatusCode.ShouldBe(488);
        await Over();
    }

    private async Task<SipMessage> Call(BrowserAudio audio)
    {
        var answer = await browser.Invite(User, Echoes.User, token, audio.Offer());
        answer.StatusCode.ShouldBe(200);
        await browser.InOwnDialog(answer, "ACK");
        audio.Begin(answer.Sdp!);
        return answer;
    }

    private async Task Over()
    {
        await Eventually.Be(() => gateway.Services.GetRequiredService<Echoes>().Count == 0, Soon);
        await Eventually.Be(() => gateway.Services.GetRequiredService<MediaEngine>().Legs == 0, Soon);
    }
}
