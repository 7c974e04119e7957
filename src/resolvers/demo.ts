// The drawn city of `hotlens start --demo`: how far it is, and how fast it lives.
import { Arg, Ctx, Field, Float, Mutation, ObjectType, Query, Resolver } from 'type-graphql';
import type { Context } from '../context.js';
import type { CityState } from '../demo/city.js';
import { SPEED } from '../demo/playhead.js';
import { AppError } from '../errors.js';
import { Changes } from './changes.js';
import { GraphQLInstant } from './scalars.js';

const MAX_SPEED = 600;

@ObjectType({ description: 'The drawn city that is played here. Nothing in it is real.' })
export class Demo {
  @Field(() => Float, {
    description: 'How much of its first day is taken in, 0 to 1; only then, knowing what is usual, does its time pass.',
  })
  firstDay!: number;

  @Field(() => GraphQLInstant, { nullable: true, description: 'What time it is there; null in its first day.' })
  at!: Date | null;

  @Field(() => Float, { description: 'Its seconds a second, until it has caught up with the present.' })
  speed!: number;

  @Field(() => Boolean, { description: 'Whether its time stands still.' })
  paused!: boolean;

  @Field(() => Boolean, { description: 'Whether it has caught up with the present.' })
  live!: boolean;
}

@Resolver()
export class DemoResolver {
  @Query(() => Demo, {
    nullable: true,
    description: 'The drawn city that is played here; null: none is.',
  })
  demo(@Ctx() { services }: Context): Demo | null {
    const city = services.demo?.();
    return city === undefined ? null : stateOf(city);
  }

  @Mutation(() => Demo, { description: 'Lets the drawn city live faster or slower, or stand still.' })
  @Changes<unknown, Demo>({ by: 'ANALYST', told: (_args, { speed, paused }) => ({ speed, paused }), afterwards: true })
  setDemo(
    @Arg('speed', () => Float, { nullable: true, description: `Its seconds a second, 1 to ${MAX_SPEED}.` })
    speed: number | null,
    @Arg('paused', () => Boolean, { nullable: true, description: 'Whether its time stands still.' })
    paused: boolean | null,
    @Ctx() { services }: Context,
  ): Demo {
    const city = services.demo?.();
    if (city === undefined) throw new AppError('BAD_USER_INPUT', 'no drawn city is played here: hotlens start --demo');
    const { playhead } = city;
    if (playhead === undefined)
      throw new AppError('BAD_USER_INPUT', 'the first day of the city is still being taken in');
    if (speed != null && !(speed >= 1 && speed <= MAX_SPEED))
      throw new AppError('BAD_USER_INPUT', `speed: expected 1 to ${MAX_SPEED}, got ${speed}`);
    playhead.set({ speed: speed ?? undefined, paused: paused ?? undefined });
    return stateOf(city);
  }
}

function stateOf({ playhead, firstDay }: CityState): Demo {
  if (playhead === undefined) return { firstDay, at: null, speed: SPEED, paused: false, live: false };
  const { speed, paused, live } = playhead;
  return { firstDay, at: new Date(playhead.at()), speed, paused, live };
}
