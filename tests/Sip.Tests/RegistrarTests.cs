using System.Net;
using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Sip.Tests;

/// <summary>Bindings (RFC 3261 section 10.3).</summary>
public sealed class RegistrarTests
{
    private readonly Wire wire = new();
    private readonly Registrar registrar;
    private readonly Station server;
    private readonly List<string> changes = [];
    private uint cseq;

    public RegistrarTests()
    {
        registrar = new Registrar(
            new RegistrarOptions { Realm = "r", Credentials = user => user is "1001" or "1002" ? Ha1.From(user, "r", "secret") : null, BindingsPerUserMax = 2, BindingsMax = 3 },
            wire.Clock)
        { Changed = change => changes.Add($"{change.Kind} {change.User} {change.Binding.Contact}") };
        server = wire.Add("198.51.100.4:5060", registrar);
    }

    [Fact]
    public void A_contact_is_added_refreshed_and_removed()
    {
        Register("1001", "<sip:a@192.0.2.99>;expires=120").StatusCode.ShouldBe(200);
        registrar.Find("1001").ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            b => b.Contact.ShouldBe("sip:a@192.0.2.99"),
            b => b.ExpiresAt.ShouldBe(wire.Clock.GetUtcNow().AddSeconds(120)),
            b => b.Flow.Remote.ShouldBe(IPEndPoint.Parse("192.0.2.99:5060")));
        Register("1001", "<sip:a@192.0.2.99>;expires=240").GetAll(HeaderId.Contact).ShouldBe(["<sip:a@192.0.2.99>;expires=240"]);
        Register("1001", "<sip:a@192.0.2.99>;expires=0").GetAll(HeaderId.Contact).ShouldBeEmpty();
        changes.ShouldBe(["Added 1001 sip:a@192.0.2.99", "Refreshed 1001 sip:a@192.0.2.99", "Removed 1001 sip:a@192.0.2.99"]);
        registrar.Count.ShouldBe(0);
    }

    [Fact]
    public void A_binding_that_is_not_refreshed_expires()
    {
        Register("1001", "<sip:a@192.0.2.99>;expires=60");
        wire.Pass(61.1);
        registrar.Find("1001").ShouldBeEmpty();
        changes[^1].ShouldBe("Expired 1001 sip:a@192.0.2.99");
        registrar.Count.ShouldBe(0);
    }

    [Fact]
    public void Times_are_held_within_bounds()
    {
        var brief = Register("1001", "<sip:a@192.0.2.99>;expires=10");
        (brief.StatusCode, brief.Get("Min-Expires")).ShouldBe((423, "60"));
        Register("1001", "<sip:a@192.0.2.99>;expires=99999").GetAll(HeaderId.Contact).ShouldBe(["<sip:a@192.0.2.99>;expires=3600"]);
        Register("1001", "<sip:a@192.0.2.99>").GetAll(HeaderId.Contact).ShouldBe(["<sip:a@192.0.2.99>;expires=300"]);
    }

    [Fact]
    public void An_older_request_of_the_same_registration_changes_nothing()
    {
        Register("1001", "<sip:a@192.0.2.99>;expires=120");
        cseq = 0;
        Register("1001", "<sip:a@192.0.2.99>;expires=0").StatusCode.ShouldBe(500);
        registrar.Find("1001").Count.ShouldBe(1);
    }

    [Fact]
    public void A_star_removes_all_and_only_with_expires_0()
    {
        Register("1001", "<sip:a@192.0.2.99>");
        Register("1001", "<sip:b@192.0.2.99>");
        Register("1001", "*").StatusCode.ShouldBe(400);
        registrar.Find("1001").Count.ShouldBe(2);
        Register("1001", "*", "Expires: 0\n").StatusCode.ShouldBe(200);
        registrar.Find("1001").ShouldBeEmpty();
    }

    [Fact]
    public void Without_contact_it_asks_for_the_list()
    {
        Register("1001", "<sip:a@192.0.2.99>;expires=120");
        wire.Clock.Move(TimeSpan.FromSeconds(20));
        Register("1001", null).GetAll(HeaderId.Contact).ShouldBe(["<sip:a@192.0.2.99>;expires=100"]);
    }

    [Fact]
    public void One_user_cannot_register_another() =>
        Register("1001", "<sip:a@192.0.2.99>", aor: "1002").StatusCode.ShouldBe(403);

    [Fact]
    public void There_are_bounds_a_user_and_in_all()
    {
        Register("1001", "<sip:a@192.0.2.99>, <sip:b@192.0.2.99>").StatusCode.ShouldBe(200);
        Register("1001", "<sip:c@192.0.2.99>, <sip:d@192.0.2.99>, <sip:e@192.0.2.99>").StatusCode.ShouldBe(403);
        Register("1002", "<sip:a@192.0.2.99>").StatusCode.ShouldBe(200);
        Register("1002", "<sip:b@192.0.2.99>").StatusCode.ShouldBe(503);
        registrar.Count.ShouldBe(3);
    }

    [Fact]
    public void A_phone_that_restarts_again_and_again_takes_the_place_of_its_oldest_contact()
    {
        Register("1001", "<sip:a@192.0.2.99>");
        Register("1001", "<sip:b@192.0.2.99>");
        Register("1001", "<sip:a@192.0.2.99>");
        Register("1001", "<sip:c@192.0.2.99>").StatusCode.ShouldBe(200);
        registrar.Find("1001").Select(b => b.Contact).ShouldBe(["sip:c@192.0.2.99", "sip:a@192.0.2.99"]);
        changes.TakeLast(2).ShouldBe(["Added 1001 sip:c@192.0.2.99", "Removed 1001 sip:b@192.0.2.99"]);
        registrar.Count.ShouldBe(2);
    }

    [Fact]
    public void The_path_of_the_proxies_between_is_told_kept_and_taken_by_calls()
    {
        string[] path = ["<sip:203.0.113.1;lr;received=sip:192.0.2.99:5060>", "<sip:203.0.113.2:5070;lr>", "<sip:203.0.113.3;lr>"];
        Register("1001", "<sip:a@192.0.2.99>", $"Supported: path\nPath: {path[0]},\n {path[1]}\nPath: {path[2]}\n").GetAll(HeaderId.Path).ShouldBe(path); // RFC 3327 section 5.3
        var binding = registrar.Find("1001").ShouldHaveSingleItem();
        binding.Path.ShouldBe(string.Join(", ", path));

        server.Invite(UacInvite.ToBinding(binding));
        wire.Settle();
        var invite = wire.Sent[^1];
        (invite.Name, invite.To, invite.Message.RequestUri).ShouldBe(("INVITE", binding.Flow.Remote, "sip:a@192.0.2.99"));
        invite.Message.GetAll(HeaderId.Route).ShouldBe(path); // section 5.3.1

        Register("1001", "<sip:a@192.0.2.99>").Has(HeaderId.Path).ShouldBeFalse();
        registrar.Find("1001").ShouldHaveSingleItem().Path.ShouldBeNull(); // a refresh that came another way
    }

    [Fact]
    public void Removing_a_user_ends_its_registrations()
    {
        Register("1001", "<sip:a@192.0.2.99>");
        registrar.Remove("1001");
        (registrar.Count, changes[^1]).ShouldBe((0, "Removed 1001 sip:a@192.0.2.99"));
    }

    // A REGISTER, challenged and answered.
    private SipMessage Register(string user, string? contact, string extra = "", string? aor = null)
    {
        var challenge = Send(user, contact, extra, aor);
        challenge.StatusCode.ShouldBe(401);
        var answer = DigestClient.Answer(challenge, new SipCredentials(user, "secret"), "REGISTER", "sip:r").ShouldNotBeNull();
        return Send(user, contact, $"{extra}{answer.Name}: {answer.Value}\n", aor);
    }

    private SipMessage Send(string user, string? contact, string extra, string? aor)
    {
        cseq++;
        var text = TwoStations.Request("REGISTER", contact: contact, extra: extra, branch: $"z9hG4bK{cseq}-{wire.Sent.Count}")
            .Replace("sip:1@198.51.100.2>", $"sip:{aor ?? user}@198.51.100.4>", StringComparison.Ordinal)
            .Replace("CSeq: 1 ", $"CSeq: {cseq} ", StringComparison.Ordinal);
        server.Inject(text);
        return wire.Sent[^1].Message;
    }
}
