using System.Collections.Concurrent;
using System.Globalization;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Transports;

namespace CallCenter.Sip.Registration;

/// <summary>A registrar's answer to a REGISTER.</summary>
internal readonly record struct RegisterReply(int Code, IReadOnlyList<SipHeader> Headers, string? Reason = null);

/// <summary>Who registers, proved.</summary>
/// <param name="Until">The registration must not outlive the token.</param>
internal readonly record struct Registrant(string User, long Epoch, DateTimeOffset Until);

/// <summary>
/// Address of record (the user part of To) to contacts (RFC 3261 section 10.3), in memory. A REGISTER is checked by digest, on
/// a WebSocket by its token where that is set; its user must be the AOR's. A WebSocket is for one user. Of tokens only the newest sign-in's
/// counts: it ends the registrations of the earlier ones, which are refused from then on.
/// <see cref="Find"/> may be called from any thread.
/// </summary>
public sealed class Registrar
{
    private readonly RegistrarOptions options;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Binding[]> bindings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<SipFlow, string> users = new(); // of WebSockets
    private readonly Dictionary<SipFlow, HashSet<string>> outbound = []; // who has outbound flows on a connection; on the loop
    private readonly Dictionary<string, long> epochs = new(StringComparer.Ordinal); // the newest seen; only who proved itself is in it
    private readonly Lock gate = new(); // writers only: the loop, and Remove from any thread
    private int count;

    public Registrar(RegistrarOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        Authenticator = new DigestAuthenticator(options.Realm, options.Credentials, time) { Algorithms = options.Algorithms };
    }

    /// <summary>Told of each change: on the endpoint's loop, or on the thread that calls <see cref="Remove"/>.</summary>
    public Action<RegistrationChange>? Changed { get; set; }

    /// <summary>Told of each REGISTER without a right digest, on the endpoint's loop: a phone's first one, or a guess (<see cref="DigestCheck.IsWrong"/>).</summary>
    public Action<SipOrigin, DigestCheck>? Failed { get; set; }

    /// <summary>The same credentials for other requests of the phones.</summary>
    public DigestAuthenticator Authenticator { get; }

    /// <summary>All live contacts.</summary>
    public IReadOnlyList<Binding> All => [.. bindings.Values.SelectMany(held => held).Where(b => b.ExpiresAt > time.GetUtcNow())];

    /// <summary>Live bindings in all.</summary>
    public int Count => count;

    /// <summary>The live contacts of a user, the newest first; empty when there is none.</summary>
    public IReadOnlyList<Binding> Find(string user) =>
        bindings.TryGetValue(user, out var found) ? [.. found.Where(b => b.ExpiresAt > time.GetUtcNow())] : [];

    /// <summary>Whether the user is registered by that WebSocket now.</summary>
    public bool IsRegistered(SipFlow flow, string user) => Find(user).Any(b => b.Flow == flow);

    /// <summary>Whether anybody is registered by that WebSocket now.</summary>
    public bool IsRegistered(SipFlow flow) => users.TryGetValue(flow, out var user) && IsRegistered(flow, user);

    /// <summary>Ends a user's registrations: the account is gone or its password changed.</summary>
    public void Remove(string user) => Take(user, _ => true, RegistrationChangeKind.Removed);

    /// <summary>The user signed in anew at another registrar: what an earlier sign-in registered here ends.</summary>
    public void Supersede(string user, long epoch) => Take(user, b => b.Epoch > 0 && b.Epoch < epoch, RegistrationChangeKind.Superseded);

    /// <summary>That contact registered at another registrar and is known there for longer: it is not here any more.</summary>
    public void Leave(string user, string contact, DateTimeOffset expiresAt) => Take(user, b => b.Contact == contact && b.ExpiresAt < expiresAt, RegistrationChangeKind.Removed);

    private void Take(string user, Predicate<Binding> which, RegistrationChangeKind why)
    {
        Binding[] gone;
        lock (gate)
        {
            gone = Array.FindAll(Held(user), which);
            if (gone.Length > 0)
            {
                Store(user, Array.FindAll(Held(user), b => !which(b)));
            }
        }

        foreach (var binding in gone)
        {
            Changed?.Invoke(new RegistrationChange(user, binding, why));
        }
    }

    /// <summary>Takes a binding of an earlier process, unless it has expired or the phone registered meanwhile.</summary>
    internal void Restore(Binding binding)
    {
        if (binding.ExpiresAt > time.GetUtcNow() && options.NeedsTls?.Invoke(binding.Origin) != true && !Held(binding.User).Any(b => b.Contact == binding.Contact) && count < options.BindingsMax)
        {
            Store(binding.User, [.. Held(binding.User), binding]);
            Changed?.Invoke(new RegistrationChange(binding.User, binding, RegistrationChangeKind.Added));
        }
    }

    /// <summary>Handles a REGISTER on the loop (RFC 3261 section 10.3, steps 3 to 8).</summary>
    internal RegisterReply Handle(SipMessage request, SipFlow flow)
    {
        if (request.Address(HeaderId.To) is not { Uri.Scheme: "sip" or "sips" })
        {
            return new RegisterReply(400, []); // RFC 3261 section 10.2: an address of record is a SIP URI
        }

        var origin = options.OriginOf(request, flow);
        if (options.NeedsTls?.Invoke(origin) == true)
        {
            // The same for every user and every digest: who asks learns nothing.
            Failed?.Invoke(origin, default);
            return new RegisterReply(403, [], "TLS Required");
        }

        if (options.Bearer is { } bearer && flow.IsWebSocket)
        {
            return bearer.Check(request) is { } token && token.User == request.ToUser
                ? Register(request, flow, new Registrant(token.User, token.Epoch, token.ExpiresAt))
                : new RegisterReply(401, bearer.Challenge(request));
        }

        var check = Authenticator.Check(request);
        if (!check.IsValid && !check.IsStale)
        {
            Failed?.Invoke(origin, check);
        }

        return !check.IsValid ? new RegisterReply(401, Authenticator.Challenge(check.IsStale))
            : request.ToUser != check.User ? new RegisterReply(403, [])
            : Register(request, flow, new Registrant(check.User, 0, DateTimeOffset.MaxValue));
    }

    /// <summary>A connection is gone: who is reached by nothing else is registered no more.</summary>
    internal void FlowClosed(SipFlow flow)
    {
        if (users.TryRemove(flow, out var user))
        {
            Lose(user, flow);
        }

        if (outbound.Remove(flow, out var holders))
        {
            foreach (var holder in holders)
            {
                Lose(holder, flow);
            }
        }
    }

    // What was registered without outbound is tried at its Contact.
    private void Lose(string user, SipFlow flow)
    {
        bool IsLost(Binding b) => b.Flow == flow && (flow.IsWebSocket || b.RegId > 0);
        Binding[] lost;
        lock (gate)
        {
            lost = [.. Held(user).Where(IsLost)];
            Store(user, [.. Held(user).Where(b => !IsLost(b))]);
        }

        foreach (var binding in lost)
        {
            Changed?.Invoke(new RegistrationChange(user, binding, RegistrationChangeKind.FlowLost));
        }
    }

    private RegisterReply Register(SipMessage request, SipFlow flow, Registrant who)
    {
        if (flow.IsWebSocket && users.GetOrAdd(flow, who.User) != who.User)
        {
            return new RegisterReply(403, [], "One User A Connection");
        }

        if (who.Epoch < epochs.GetValueOrDefault(who.User))
        {
            return new RegisterReply(403, [], "Superseded By A Newer Sign-In");
        }

        var contacts = request.GetAll(HeaderId.Contact);
        if (contacts.Contains("*"))
        {
            return RemoveAll(request, who.User, contacts.Count);
        }

        var changes = new List<(Binding Binding, int Expires)>();
        foreach (var contact in contacts)
        {
            var refusal = Plan(request, flow, who, contact, changes);
            if (refusal is not null)
            {
                return refusal.Value;
            }
        }

        return Commit(request, flow, who, changes);
    }

    /// <summary>Takes expired bindings out; called each second by the loop.</summary>
    internal void Expire()
    {
        var now = time.GetUtcNow();
        foreach (var (user, seen) in bindings)
        {
            if (Array.Exists(seen, b => b.ExpiresAt <= now))
            {
                Expire(user, now);
            }
        }
    }

    private void Expire(string user, DateTimeOffset now)
    {
        Binding[] held;
        lock (gate)
        {
            held = Held(user);
            Store(user, [.. held.Where(b => b.ExpiresAt > now)]);
        }

        foreach (var gone in held.Where(b => b.ExpiresAt <= now))
        {
            Changed?.Invoke(new RegistrationChange(user, gone, RegistrationChangeKind.Expired));
        }
    }

    private RegisterReply? Plan(SipMessage request, SipFlow flow, Registrant who, string contact, List<(Binding Binding, int Expires)> changes)
    {
        if (!NameAddress.TryParse(contact, out var address) || address.Uri.Scheme is not ("sip" or "sips"))
        {
            return new RegisterReply(400, []);
        }

        var asked = address.Parameter("expires") ?? request.Get(HeaderId.Expires);
        var expires = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : options.DefaultExpiresSeconds;
        if (expires > 0 && expires < options.MinExpiresSeconds)
        {
            return new RegisterReply(423, [new SipHeader("Min-Expires", options.MinExpiresSeconds.ToString(CultureInfo.InvariantCulture))]);
        }

        var now = time.GetUtcNow();
        expires = Math.Min(expires, options.MaxExpiresSeconds);
        var until = now.AddSeconds(expires) < who.Until ? now.AddSeconds(expires) : who.Until;
        var regId = int.TryParse(address.Parameter("reg-id"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var binding = new Binding(who.User, request.Address(HeaderId.To)!.Uri.Host, address.UriText, flow, until, request.CallId, request.CSeq, request.Get(HeaderId.UserAgent))
        {
            Instance = address.Parameter("+sip.instance"),
            RegId = regId,
            Epoch = who.Epoch,
            Origin = options.OriginOf(request, flow),
            Path = request.GetAll(HeaderId.Path) is { Count: > 0 } path ? string.Join(", ", path) : null,
        };
        if (IsOld(binding))
        {
            return new RegisterReply(500, []);
        }

        changes.Add((binding, expires));
        return null;
    }

    // Step 7: a request of the same Call-ID must have a higher CSeq; all of the request fails otherwise.
    private bool IsOld(Binding next) => Held(next.User).Any(b => b.IsSame(next) && b.CallId == next.CallId && b.CSeq >= next.CSeq);

    private RegisterReply Commit(SipMessage request, SipFlow flow, Registrant who, List<(Binding Binding, int Expires)> changes)
    {
        var told = new List<RegistrationChange>();
        lock (gate)
        {
            if (Merge(who, changes, told) is { } refusal)
            {
                return refusal;
            }
        }

        told.ForEach(change => Changed?.Invoke(change));
        var reply = Listing(who.User);
        if (request.GetLines(HeaderId.Path) is { Count: > 0 } path)
        {
            reply = reply with { Headers = [.. reply.Headers, .. path.Select(p => new SipHeader("Path", p))] }; // RFC 3327 section 5.3
        }

        return changes.Exists(c => c is { Expires: > 0, Binding: { RegId: > 0, Instance: not null } }) && request.Lists(HeaderId.Supported, "outbound")
            ? reply with { Headers = [.. reply.Headers, .. GrantOutbound(flow, who.User)] }
            : reply;
    }

    // RFC 5626 section 6: whoever asked for outbound and got it is told so, on a connection with the time between keep-alives.
    private SipHeader[] GrantOutbound(SipFlow flow, string user)
    {
        SipHeader granted = new("Require", "outbound");
        if (!flow.IsReliable || flow.IsWebSocket)
        {
            return [granted];
        }

        if (!outbound.TryGetValue(flow, out var holders))
        {
            outbound[flow] = holders = [];
        }

        holders.Add(user);
        flow.ExpectKeepAlives(TimeSpan.FromSeconds(options.FlowTimerSeconds) + options.FlowGrace);
        return [granted, new SipHeader("Flow-Timer", options.FlowTimerSeconds.ToString(CultureInfo.InvariantCulture))];
    }

    private RegisterReply? Merge(Registrant who, List<(Binding Binding, int Expires)> changes, List<RegistrationChange> told)
    {
        var user = who.User;
        var held = Held(user).ToList();
        var superseded = held.FindAll(b => b.Epoch < who.Epoch);
        held.RemoveAll(superseded.Contains);
        told.AddRange(superseded.Select(b => new RegistrationChange(user, b, RegistrationChangeKind.Superseded)));
        foreach (var (binding, expires) in changes)
        {
            var removed = held.RemoveAll(binding.IsSame) > 0;
            if (expires > 0)
            {
                held.Insert(0, binding);
            }

            if (expires > 0 || removed)
            {
                told.Add(new RegistrationChange(user, binding, expires == 0 ? RegistrationChangeKind.Removed : removed ? RegistrationChangeKind.Refreshed : RegistrationChangeKind.Added));
            }
        }

        if (changes.Count(c => c.Expires > 0) > options.BindingsPerUserMax)
        {
            return new RegisterReply(403, []);
        }

        // A phone that restarts leaves its old contact behind each time; it must not be locked out by its own past.
        while (held.Count > options.BindingsPerUserMax)
        {
            told.Add(new RegistrationChange(user, held[^1], RegistrationChangeKind.Removed));
            held.RemoveAt(held.Count - 1);
        }

        if (count + held.Count - Held(user).Length > options.BindingsMax)
        {
            return new RegisterReply(503, [new SipHeader("Retry-After", "60")]);
        }

        Store(user, [.. held]);
        if (who.Epoch > 0)
        {
            epochs[user] = who.Epoch;
        }

        return null;
    }

    // Step 6: "*" only alone and with Expires 0.
    private RegisterReply RemoveAll(SipMessage request, string user, int contacts)
    {
        if (contacts != 1 || request.Get(HeaderId.Expires) != "0")
        {
            return new RegisterReply(400, []);
        }

        if (Held(user).Any(b => b.CallId == request.CallId && b.CSeq >= request.CSeq))
        {
            return new RegisterReply(500, []);
        }

        Remove(user);
        return Listing(user);
    }

    // Step 8: all current bindings with their remaining seconds.
    private RegisterReply Listing(string user)
    {
        var now = time.GetUtcNow();
        var contacts = Find(user).Select(b =>
            new SipHeader("Contact", string.Create(CultureInfo.InvariantCulture, $"<{b.Contact}>;expires={(int)Math.Ceiling((b.ExpiresAt - now).TotalSeconds)}{Outbound(b)}")));
        return new RegisterReply(200, [.. contacts, new SipHeader("Date", now.ToString("R", CultureInfo.InvariantCulture))]);
    }

    private static string Outbound(Binding b) => b is { Instance: { } instance, RegId: > 0 }
        ? string.Create(CultureInfo.InvariantCulture, $";+sip.instance={SipSyntax.Quote(instance)};reg-id={b.RegId}")
        : "";

    private Binding[] Held(string user) => bindings.TryGetValue(user, out var held) ? held : [];

    private void Store(string user, Binding[] next)
    {
        Interlocked.Add(ref count, next.Length - Held(user).Length);
        if (next.Length == 0)
        {
            bindings.TryRemove(user, out _);
        }
        else
        {
            bindings[user] = next;
        }
    }
}
