//! The harness itself: instances start, answer under their names, and are told apart.

use crate::support::World;

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_answer_under_their_own_names() {
    let world = World::start(["acme.test", "globex.test"]).await;
    for name in ["acme.test", "globex.test"] {
        let instance = world.instance(name);
        instance.get("/no/such/page").await.expect(404);
        let actor = instance.get_activity("/actor").await.expect(200);
        assert_eq!(actor["id"], format!("http://{name}/actor"));
    }
    world.settle().await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_have_tokens_and_accounts() {
    let world = World::start(["acme.test"]).await;
    let ada = world.instance("acme.test").register("ada").await;
    assert_eq!(ada.handle(), "@ada@acme.test");
    let actor = ada.instance().get_activity("/users/ada").await.expect(200);
    assert_eq!(actor["id"], ada.account.uri);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "without World::finish")]
async fn a_world_without_a_finish_fails() {
    let world = World::start(["acme.test"]).await;
    drop(world);
}
