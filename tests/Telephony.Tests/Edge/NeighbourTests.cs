using System.Net;
using CallCenter.Contracts.Telephony;
using CallCenter.Telephony.Edge;
using CallCenter.TestKit;

namespace CallCenter.Telephony.Tests.Edge;

/// <summary>What a gateway knows of the others.</summary>
public sealed class NeighbourTests
{
    private static readonly Guid Agent = Guid.NewGuid();
    private readonly FakeClock clock = new();
    private readonly Neighbours neighbours;
    private readonly List<(int Before, int Now)> changes = [];

    public NeighbourTests()
    {
        neighbours = new(clock);
        neighbours.Changed += (agent, before, now) => changes.Add((before.Count, now.Count));
    }

    private AgentDevice Phone(string contact, int seconds = 60) => new("1001", "realm", contact, "Wss", "192.0.2.7:1000", "<sip:flow-a@127.0.0.1:5070;lr>", clock.GetUtcNow().AddSeconds(seconds), 5);

    private void Tell(string gateway, string sip, long sequence, params AgentDevice[] devices) =>
        neighbours.Take(new GatewayDevices(Guid.NewGuid(), gateway, sip, sequence, [new(Agent, devices)]));

    [Fact]
    public void Devices_are_those_of_the_newest_notice_until_they_expire()
    {
        Tell("g2", "127.0.0.1:5070", 2, Phone("sip:a@x.invalid"), Phone("sip:b@x.invalid", 30));
        Tell("g2", "127.0.0.1:5070", 1); // it comes late
        neighbours.Of(Agent).Select(d => (d.Contact, d.IsBrowser, d.Invite().Route)).ShouldBe([
            ("sip:a@x.invalid", true, "<sip:flow-a@127.0.0.1:5070;lr>"), ("sip:b@x.invalid", true, "<sip:flow-a@127.0.0.1:5070;lr>")]);
        clock.Advance(TimeSpan.FromSeconds(30));
        neighbours.Of(Agent).ShouldHaveSingleItem().Contact.ShouldBe("sip:a@x.invalid");
        Tell("g2", "127.0.0.1:5070", 3);
        neighbours.Of(Agent).ShouldBeEmpty();
        changes.ShouldBe([(0, 2), (2, 0)]);
    }

    [Fact]
    public void The_next_gateway_at_an_address_takes_the_place_of_the_one_before()
    {
        Tell("g2", "127.0.0.1:5070", 7, Phone("sip:a@x.invalid"));
        Tell("g3", "127.0.0.1:5071", 1, Phone("sip:c@x.invalid"));
        neighbours.Came("g2-again", "127.0.0.1:5070");
        neighbours.Of(Agent).ShouldHaveSingleItem().Contact.ShouldBe("sip:c@x.invalid");
        changes.ShouldBe([(0, 1), (0, 1), (1, 0)]);
        Tell("g2-again", "127.0.0.1:5070", 1, Phone("sip:a2@x.invalid"));
        neighbours.Of(Agent).Count.ShouldBe(2);
    }

    [Fact]
    public void A_gateway_is_known_by_its_address()
    {
        neighbours.Has(new IPEndPoint(IPAddress.Loopback, 0)).ShouldBeFalse();
        neighbours.Came("g2", "127.0.0.1:5070");
        neighbours.Has(new IPEndPoint(IPAddress.Loopback, 5070)).ShouldBeTrue();
        neighbours.Has(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), 0)).ShouldBeTrue();
        neighbours.Has(new IPEndPoint(IPAddress.Loopback, 5071)).ShouldBeFalse();
    }

    [Fact]
    public void More_gateways_than_there_can_be_and_addresses_that_are_none_are_not_listened_to()
    {
        neighbours.Came("odd", "not an address");
        for (var n = 0; n < Neighbours.Max + 10; n++)
        {
            Tell($"g{n}", $"127.0.0.1:{6000 + n}", 1, Phone($"sip:{n}@x.invalid"));
        }
        neighbours.Of(Agent).Count.ShouldBe(Neighbours.Max);
    }
}
