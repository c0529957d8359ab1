using CallCenter.Contracts.Telephony;
using CallCenter.Hosting;
using CallCenter.Reporting.Tests.Contacts;

namespace CallCenter.Reporting.Tests.Api;

/// <summary>The SIP messages of contacts: an administrator's alone, within the tenants in sight.</summary>
[Trait("needs", "server")]
public sealed class SipLadderTests(ReportingHost host) : IClassFixture<ReportingHost>
{
    private static readonly DateTimeOffset At = DateTimeOffset.Parse("2026-03-02T08:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    private static SipMessagesSeen Seen(Guid tenant, Guid contact, Guid ladder, long sequence, bool final, params SipMessageSeen[] messages) =>
        new(contact, messages, 2) { EventId = Guid.CreateVersion7(), Tenant = tenant, Stream = ladder, OccurredAt = At, Source = "telephony/x", Sequence = sequence, Final = final };

    private static SipMessageSeen Message(int ms, string text, bool sent = false) =>
        new(At.AddMilliseconds(ms), sent, LegRole.Caller, null, "Udp", "192.0.2.1:5060", "198.51.100.1:5060", text);

    [Fact]
    public async Task Messages_are_told_in_order_to_an_administrator_alone()
    {
        var talk = Calls.Talk(new Script { Tenant = Script.Id(110), Contact = Script.Id(80_001) });
        await host.Tell(talk);
        var ladder = Guid.CreateVersion7();
        await host.Tell([
            Seen(talk.Tenant, talk.Contact, ladder, 1, false, Message(0, "INVITE x\0"), Message(2, "SIP/2.0 100 Trying", sent: true)),
            Seen(talk.Tenant, talk.Contact, ladder, 2, true, Message(9, "BYE x"))]);

        using var administrator = host.As(Role.Administrator);
        var told = await ReportingHost.Get(administrator, $"/api/contacts/{talk.Contact}/sip");
        told.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("text").GetString()).ShouldBe(["INVITE x\ufffd", "SIP/2.0 100 Trying", "BYE x"]);
        told.GetProperty("dropped").GetInt32().ShouldBe(2);
        var first = told.GetProperty("messages")[1];
        (first.GetProperty("sent").GetBoolean(), first.GetProperty("party").GetString(), first.GetProperty("remote").GetString()).ShouldBe((true, "Caller", "198.51.100.1:5060"));

        foreach (var (role, tenants) in ((Role, Guid[])[])[(Role.Supervisor, []), (Role.Agent, []), (Role.Client, [talk.Tenant])])
        {
            using var other = host.As(role, null, tenants);
            (await ReportingHost.Refusal(other, $"/api/contacts/{talk.Contact}/sip")).Status.ShouldBe(403);
        }

        // Bulk is no event of the contact's history.
        var contact = await ReportingHost.Get(administrator, $"/api/contacts/{talk.Contact}");
        contact.GetProperty("events").GetArrayLength().ShouldBe(talk.Events.Count);
    }

    [Fact]
    public async Task Another_tenants_messages_for_the_same_contact_are_not_shown()
    {
        var mine = Calls.Talk(new Script { Tenant = Script.Id(111), Contact = Script.Id(80_002) });
        await host.Tell(mine);
        await host.Tell([Seen(Script.Id(112), mine.Contact, Guid.CreateVersion7(), 1, true, Message(0, "INVITE other"))]);
        using var administrator = host.As(Role.Administrator);
        (await ReportingHost.Get(administrator, $"/api/contacts/{mine.Contact}/sip")).GetProperty("messages").GetArrayLength().ShouldBe(0);
        (await ReportingHost.Refusal(administrator, $"/api/contacts/{Guid.CreateVersion7()}/sip")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Messages_older_than_30_days_are_deleted_when_a_call_ends()
    {
        var (tenant, old, recent) = (Script.Id(113), Script.Id(80_003), Script.Id(80_004));
        await host.Tell(Calls.Talk(new Script { Tenant = tenant, Contact = old }));
        await host.Tell([Seen(tenant, old, Guid.CreateVersion7(), 1, true, Message(0, "INVITE old"))]);
        await host.Tell([Seen(tenant, recent, Guid.CreateVersion7(), 1, true, Message(0, "INVITE new")) with { OccurredAt = At.AddDays(30.5) }]);
        using var administrator = host.As(Role.Administrator);
        (await ReportingHost.Get(administrator, $"/api/contacts/{old}/sip")).GetProperty("messages").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task What_the_trunk_said_is_told_with_the_contact()
    {
        var script = Calls.Talk(new Script { Tenant = Script.Id(114), Contact = Script.Id(80_005) });
        var origin = new CallOrigin("Matti", true, false, [new("+3585", "user-busy")], "token");
        await host.Tell([.. script.Events.Select(e => e is CallArrived arrived ? arrived with { Origin = origin } : e)]);
        using var client = host.As(Role.Client, null, script.Tenant);
        var told = (await ReportingHost.Get(client, $"/api/contacts/{script.Contact}")).GetProperty("origin");
        (told.GetProperty("name").GetString(), told.GetProperty("asserted").GetBoolean(), told.GetProperty("identity").GetString()).ShouldBe(("Matti", true, "token"));
        told.GetProperty("diversions")[0].GetProperty("number").GetString().ShouldBe("+3585");
    }
}
