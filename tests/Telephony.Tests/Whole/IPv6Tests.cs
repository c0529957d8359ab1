using System.Net;
using System.Net.Sockets;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Tests.Running;
using CallCenter.TestKit.Phones;

namespace CallCenter.Telephony.Tests.Whole;

/// <summary>Calls of IPv6, alone and with IPv4 on the other side.</summary>
[Trait("needs", "server")]
public sealed class IPv6Tests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private RunningGateway gateway = null!;

    public async ValueTask InitializeAsync() =>
        gateway = await RunningGateway.Start(folder.Path, new Setup { MoreTrunks = () => [new("six", ["::1/128"], 100, 100)] }, ("Telephony:Bind", "127.0.0.1,::1"));

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    private IPEndPoint At(IPAddress address) => new(address, gateway.Sip.Port);

    [Theory]
    [InlineData("::1", "::1")]
    [InlineData("::1", "127.0.0.1")]
    [InlineData("127.0.0.1", "::1")]
    public async Task Caller_and_agent_of_any_family_hear_each_other(string from, string to)
    {
        await using var caller = new TestCaller(At(IPAddress.Parse(from)), IPAddress.Parse(from));
        await using var phone = await TestPhone.Register(At(IPAddress.Parse(to)), "1001", "secret", address: IPAddress.Parse(to));
        var talk = await Talk.Begin(gateway, caller, phone, gateway.Setup.Phones[0].Agent, recorded: true);
        Family(talk.Inside.Incoming!.Offer!).ShouldBe(IPAddress.Parse(to).AddressFamily);
        (await gateway.Events.Next<CallArrived>(talk.Call.Contact)).Trunk.ShouldBe(from == "::1" ? "six" : "local");
        await talk.HangUp(gateway);
        var recorded = await Recorded.Whole(gateway, talk.Call, talk.Recording!.Value, gateway.Setup.Phones[0].Agent);
        recorded.Caller.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Media_of_a_family_that_we_do_not_have_is_refused()
    {
        await using var four = await RunningGateway.Start(folder.Path + "-4");
        await using var caller = new TestCaller(four.Sip);
        await using var call = caller.Call(RunningGateway.Number, sdp: "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n");
        (await call.WhenEnded(RunningGateway.Soon)).Code.ShouldBe(488);
    }

    private static AddressFamily Family(string sdp) => sdp.Contains("c=IN IP6 ::1", StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
}
